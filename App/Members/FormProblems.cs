namespace Governance.Members;

/// <summary>What is wrong in the fields of a form, by the id of the field.</summary>
public sealed class FormProblems
{
    readonly Dictionary<string, string> found = [];

    public bool None => found.Count == 0;

    public string? this[string field] => found.GetValueOrDefault(field);

    /// <summary>The value of the field's <c>aria-invalid</c>.</summary>
    public string? Invalid(string field) => found.ContainsKey(field) ? "true" : null;

    public void Note(string field, string? problem)
    {
        if (problem is not null)
        {
            found.TryAdd(field, problem);
        }
    }

    public void Clear() => found.Clear();
}
