namespace Governance.Documents.Text;

/// <summary>A piece of a document as it stands there, before or after it means anything.</summary>
[Pure]
abstract record DocumentNode
{
    /// <summary>Nothing, written as <c>null</c>, <c>~</c> or an empty value.</summary>
    public bool IsNull => this is DocumentScalar { Quoted: false, Text: "" or "~" or "null" or "Null" or "NULL" };
}

/// <summary>A text, number, truth value or nothing.</summary>
/// <param name="Text">Without quotes and escapes.</param>
/// <param name="Quoted">Certainly a text. Unquoted it may be a number, a truth value or nothing.</param>
[Pure]
sealed record DocumentScalar(string Text, bool Quoted) : DocumentNode;

/// <summary>A list, in the order of the document.</summary>
[Pure]
sealed record DocumentList(IReadOnlyList<DocumentNode> Items) : DocumentNode;

/// <summary>A mapping, in the order of the document.</summary>
[Pure]
sealed record DocumentMap(IReadOnlyList<DocumentEntry> Entries) : DocumentNode;

/// <summary>One key of a mapping.</summary>
/// <param name="Key">As written.</param>
/// <param name="Value">What stands there.</param>
/// <param name="IsDefault">Means the same when left out; writers leave it out, comparisons see it.</param>
[Pure]
readonly record struct DocumentEntry(string Key, DocumentNode Value, bool IsDefault = false);
