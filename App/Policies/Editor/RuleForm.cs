using System.Globalization;
using System.Text;
using Governance.Projects;

namespace Governance.Policies.Editor;

/// <summary>A rule as it is being typed: everything is text until it is read.</summary>
public sealed class RuleForm
{
    public string Id { get; set; } = "";
    public RuleType Type { get; set; }
    /// <summary>Empty for the workspace.</summary>
    public string Project { get; set; } = "";
    public RuleState State { get; set; } = RuleState.Enforced;
    /// <summary>One entry for each line of the form, blank ones too.</summary>
    public IList<string> Models { get; init; } = new List<string> { "" };
    public ISet<Mode> Modes { get; init; } = new HashSet<Mode>();
    /// <summary>Null is any kind of work.</summary>
    public TaskType? TaskType { get; set; }
    public string Model { get; set; } = "";
    public string Tokens { get; set; } = "";
    public string Reason { get; set; } = "";

    public static RuleForm Of(RuleDefinition rule) => new()
    {
        Id = rule.Id,
        Type = rule.Type,
        Project = rule.Project ?? "",
        State = rule.State,
        Models = new List<string>(rule.Models.Count == 0 ? [""] : rule.Models),
        Modes = new HashSet<Mode>(rule.Modes),
        TaskType = rule.TaskType,
        Model = rule.Model ?? "",
        Tokens = rule.Tokens?.ToString("#,##0", CultureInfo.InvariantCulture) ?? "",
        Reason = rule.Reason ?? "",
    };

    /// <summary>What is typed, as a rule; only the parameters of its type count. A text that is no number reads as not set.</summary>
    public RuleDefinition Read() => new()
    {
        Id = Id.Trim().Length > 0 ? Id.Trim() : Suggestion,
        Type = Type,
        Project = Blank(Project),
        State = State,
        Models = Type is RuleType.DenyModel ? [.. Models.Select(Named).Where(model => model.Length > 0)] : [],
        Modes = Type is RuleType.DenyMode ? [.. Modes.Order()] : [],
        TaskType = Type is RuleType.ForceModel ? TaskType : null,
        Model = Type is RuleType.ForceModel ? Blank(Named(Model)) : null,
        Tokens = Type is RuleType.MaxInputTokens && long.TryParse(Tokens.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var tokens) ? tokens : null,
        Reason = Blank(Reason),
    };

    /// <summary>The path under which the problems of a line of the form are told; a list without any model has its problem at the first line.</summary>
    public string ModelPath(int line) =>
        Models[line].Trim().Length > 0 ? $"models[{Models.Take(line).Count(model => model.Trim().Length > 0)}]"
        : line == 0 && Models.All(model => model.Trim().Length == 0) ? "models"
        : "-";

    /// <summary>An id that says what the rule does, for whoever does not care to think of one.</summary>
    public string Suggestion
    {
        get
        {
            var effect = Type switch
            {
                RuleType.DenyModel => "deny-" + (Models.FirstOrDefault(model => model.Trim().Length > 0) ?? "model"),
                RuleType.DenyMode => "deny-" + (Modes.Count == 0 ? "mode" : string.Join('-', Modes.Order().Select(PolicyWords.Of))),
                RuleType.ForceModel => "force-" + (Blank(Model) ?? "model") + (TaskType is { } type ? "-" + PolicyWords.Of(type) : ""),
                _ => "limit-input",
            };
            return Slug(Blank(Project) is { } project ? $"{project}-{effect}" : effect);
        }
    }

    static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_')
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }
        return slug.ToString(0, Math.Min(slug.Length, Identifier.MaxLength)).Trim('-', '.', '_');
    }

    /// <summary>Blanks within a name mean hyphens, as in every comparison of names; written so, a document can hold it.</summary>
    static string Named(string model) => string.Join('-', model.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    static string? Blank(string text) => text.Trim() is { Length: > 0 } some ? some : null;
}
