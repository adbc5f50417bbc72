namespace Governance.Documents.Text;

/// <summary>Writes a document so that equal documents are equal texts: fixed order, LF, amounts as texts, no defaults, never a secret.</summary>
[Pure]
static class DocumentWriter
{
    /// <summary>Canonical YAML. <see cref="DocumentReader.Read"/> reads the same document back.</summary>
    public static string Write(GovernanceDocument document) => YamlText.Of(DocumentTree.Of(document));

    /// <summary>The same keys as JSON.</summary>
    public static string WriteJson(GovernanceDocument document) => JsonText.Of(DocumentTree.Of(document));
}
