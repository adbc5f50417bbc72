using System.Globalization;
using System.Text;
using Governance.Documents.Text;
using Governance.Operations.Start;

namespace Governance.Operations.References;

/// <summary>Writes the references of the document and of the settings, as they are in <c>docs/</c>, from the code that reads them and a sentence for each.</summary>
static class ReferenceText
{
    /// <summary>What is written about a key of the document; null where nothing is.</summary>
    public static KeyText? Of(string key) => WorkspaceKeys.Texts.GetValueOrDefault(key) ?? PolicyKeys.Texts.GetValueOrDefault(key);

    /// <summary>Everything that is written about keys.</summary>
    public static IEnumerable<KeyValuePair<string, KeyText>> Keys => WorkspaceKeys.Texts.Concat(PolicyKeys.Texts);

    public static string Document()
    {
        var text = new StringBuilder("""
            # The document, key by key

            Everything that can be configured fits into one document, in YAML or JSON with the same keys. It is loaded at start (`Governance:Bootstrap`), exported, planned
            and applied on *Settings → Configuration* and by the [management API](management-api.md).

            - An `id` identifies a thing; its position never does. What the document does not name stays as it is, unless `prune: true`.
            - Of a thing that is named, a key that is left out gets its default. Some are left alone instead; the tables say so.
            - A key that nobody knows, or one without a value, is a fault. Every fault names its path, and nothing is applied.
            - Amounts are decimals in quotes. Secrets never stand in the document: a key that ends in `_env` names an environment variable.
            - `[]` in a path stands for each item of a list. A default in brackets is no value but says what leaving the key out means.

            This page is written by the program: `App reference document > docs/document-reference.md`.

            """);
        foreach (var section in DocumentReader.Keys().GroupBy(key => key.Path.Split('.', '[')[0]).GroupBy(section => section.Count() > 1 ? section.Key : "The document itself"))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {section.Key}").AppendLine()
                .AppendLine("| key | type and unit | default | allowed | what it says | example |").AppendLine("|---|---|---|---|---|---|");
            foreach (var key in section.SelectMany(keys => keys))
            {
                var said = Of(key.Path);
                var type = string.Join(", ", ((string?[])[key.Type, said?.Unit]).Where(part => part is { Length: > 0 }));
                text.AppendLine(Row($"`{key.Path}`", type, Default(key, said), key.Allowed, said?.Sentence ?? "", said is null ? "" : $"`{said.Example}`"));
            }
        }
        return text.ToString();
    }

    public static string Settings()
    {
        var text = new StringBuilder("""
            # Settings of the host

            Settings say how the program runs; what it governs stands in [the document](document-reference.md). They come from `appsettings.json` beside the program, then
            from `appsettings.json` in the working folder, then from the environment, then from the command line; the later one wins.

            - In the environment a colon is two underscores: `Governance__Drain__Seconds=120`. On the command line: `--Governance:Drain:Seconds=120`.
            - Every setting is looked at before anything starts. One that cannot be is a sentence on the error stream, and the process ends with 2.
            - One that nobody reads is told in the log with the nearest that there is.
            - A default in brackets is no value but says what leaving the setting out means.
            - `Logging:LogLevel:…` and `Kestrel:…` are the framework's own.

            This page is written by the program: `App reference settings > docs/settings.md`.

            | setting | environment | type and unit | default | allowed | what it does |
            |---|---|---|---|---|---|

            """);
        foreach (var setting in SettingsCheck.Known)
        {
            var said = SettingTexts.Texts.GetValueOrDefault(setting.Key);
            var standing = said is { Default.Length: > 0 } ? said.Default : setting.Default;
            var type = string.Join(", ", ((string?[])[setting.Type, said?.Unit]).Where(part => part is { Length: > 0 }));
            text.AppendLine(Row($"`{setting.Key}`", $"`{setting.Key.Replace(":", "__", StringComparison.Ordinal)}`", type, standing.StartsWith('(') ? standing : $"`{standing}`", setting.Allowed, said?.Sentence ?? ""));
        }
        return text.ToString();
    }

    static string Default(DocumentKey key, KeyText? said) =>
        said is { Default.Length: > 0 } ? said.Default.StartsWith('(') ? said.Default : $"`{said.Default}`" : key.Required ? "required" : "";

    static string Row(params string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
