using System.Globalization;
using Governance.Audit;

namespace Governance.Documents.Text;

/// <summary>Builds a mapping in the order in which its keys are added; what is null is not there.</summary>
[Pure]
sealed class Outline
{
    readonly List<DocumentEntry> entries = [];

    public DocumentMap Map => new(entries);

    public static DocumentScalar Text(string text) => new(text, Quoted: true);

    public static DocumentList Texts(IEnumerable<string> texts) => new([.. texts.Select(Text)]);

    public Outline Add(string key, DocumentNode? value, bool isDefault = false)
    {
        if (value is not null)
        {
            entries.Add(new(key, value, isDefault));
        }
        return this;
    }

    public Outline Add(string key, string? text, bool isDefault = false) =>
        text is null ? this : Add(key, Text(text), isDefault);

    public Outline Add(string key, bool truth, bool unless) =>
        Add(key, new DocumentScalar(truth ? "true" : "false", Quoted: false), truth == unless);

    public static DocumentScalar Number(long number) => new(number.ToString(CultureInfo.InvariantCulture), Quoted: false);

    public Outline Add(string key, long? number) => number is { } value ? Add(key, Number(value)) : this;

    public Outline Add<T>(string key, T value, T unless) where T : struct, Enum =>
        Add(key, Words.Of(value), EqualityComparer<T>.Default.Equals(value, unless));

    public Outline Add(string key, IReadOnlyCollection<string> texts) => Add(key, Texts(texts), texts.Count == 0);
}
