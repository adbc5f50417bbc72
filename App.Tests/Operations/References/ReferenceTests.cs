using System.Text;
using System.Text.Json;
using Governance.Audit;
using Governance.Documents.Text;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Operations.References;
using Governance.Operations.Start;
using Governance.Tests.Documents;

namespace Governance.Tests.Operations.References;

/// <summary>What is written about keys and settings is complete, and is what the code does.</summary>
public sealed class ReferenceTests
{
    /// <summary>What must stand beside a key for its example to mean something.</summary>
    static readonly Dictionary<string, (string Path, string Value)[]> s_beside = new(StringComparer.Ordinal)
    {
        ["projects[].on_ledger_failure.mode"] = [("projects[].on_ledger_failure.allowance_usd", "\"5.00\"")],
        ["rules[].modes"] = [("rules[].type", "deny_mode")],
        ["rules[].task_type"] = [("rules[].type", "force_model"), ("rules[].model", "claude-sonnet-5")],
        ["rules[].model"] = [("rules[].type", "force_model")],
        ["rules[].tokens"] = [("rules[].type", "max_input_tokens")],
        ["budgets[].window.from"] = [("budgets[].window.to", "2026-12-31")],
        ["budgets[].window.to"] = [("budgets[].window.from", "2026-11-01")],
    };

    static readonly IReadOnlyList<DocumentKey> s_keys = DocumentReader.Keys();

    public static TheoryData<string> Keys() => [.. s_keys.Select(key => key.Path)];

    public static TheoryData<string> Defaults() =>
        [.. ReferenceText.Keys.Where(text => text.Value.Default is { Length: > 0 } standing && standing[0] != '(').Select(text => text.Key)];

    [Fact]
    public void EveryKeyHasASentenceAndEverySentenceAKey()
    {
        Assert.True(s_keys.Count > 80, $"The readers asked for {s_keys.Count} keys only.");
        Assert.Empty(Undescribed([.. s_keys.Select(key => key.Path)]));
        Assert.Equal(["rules[].planted"], Undescribed([.. s_keys.Select(key => key.Path), "rules[].planted"]));
        Assert.Empty(ReferenceText.Keys.Select(text => text.Key).Except(s_keys.Select(key => key.Path)));
        Assert.DoesNotContain(s_keys, key => key.Type.Length == 0);
    }

    [Fact]
    public void EveryKeyOfTheExampleIsKnown()
    {
        var given = Assert.IsType<DocumentAccepted>(DocumentReader.Read(Examples.Whole)).Given;
        var known = s_keys.Select(key => key.Path).ToHashSet(StringComparer.Ordinal);
        Assert.Subset(known, given.Select(path => System.Text.RegularExpressions.Regex.Replace(path, @"\[\d+\]", "[]")).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void AnExampleIsTaken(string key) => Assert.Empty(Examples.Faults(With(key, ReferenceText.Of(key)!.Example)));

    [Theory]
    [MemberData(nameof(Defaults))]
    public void ADefaultIsWhatLeavingTheKeyOutMeans(string key)
    {
        var left = Text(With(key, null));
        Assert.Equal(left, Text(With(key, ReferenceText.Of(key)!.Default)));
        // Or else the comparison would see nothing.
        Assert.NotEqual(left, Text(With(key, ReferenceText.Of(key)!.Example)));
    }

    [Fact]
    public void EverySettingHasASentenceAndEverySentenceASetting()
    {
        Assert.True(SettingsCheck.Known.Count > 40);
        Assert.Equal(SettingsCheck.Known.Select(setting => setting.Key).Order(StringComparer.Ordinal), SettingTexts.Texts.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(SettingsCheck.Known, setting => setting.Default.Length == 0 && SettingTexts.Texts[setting.Key].Default.Length == 0);
    }

    [Theory]
    [InlineData("document")]
    [InlineData("settings")]
    public void TheCommittedPageIsWhatTheProgramPrints(string page)
    {
        var file = page == "document" ? "docs/document-reference.md" : "docs/settings.md";
        var printed = page == "document" ? ReferenceText.Document() : ReferenceText.Settings();
        Assert.True(printed == File.ReadAllText(Path.Combine(AppProcess.RepositoryFolder, file)),
            $"{file} is not what the program prints: dotnet run --project App -- reference {page} > {file}");
    }

    static IEnumerable<string> Undescribed(IReadOnlyList<string> keys) => keys.Where(key => ReferenceText.Of(key) is not { Sentence.Length: > 10, Example.Length: > 0 });

    static string Text(string document) => JsonSerializer.Serialize(Examples.Read(document), AuditJson.Options);

    /// <summary>A document that has this key, and of the things around it what they cannot be without.</summary>
    static string With(string key, string? value)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["apiVersion"] = "governance/v1" };
        foreach (var required in s_keys.Where(one => one.Required && IsAround(one.Path, key)))
        {
            values[required.Path] = ReferenceText.Of(required.Path)!.Example;
        }
        foreach (var (path, beside) in s_beside.GetValueOrDefault(key) ?? [])
        {
            values[path] = beside;
        }
        if (values.GetValueOrDefault("rules[].type") == "deny_model")
        {
            values["rules[].models"] = "[claude-opus]";
        }
        if (values.GetValueOrDefault("upstreams[].kind") == "anthropic")
        {
            values["upstreams[].base_url"] = "https://api.anthropic.com";
        }
        if (values.ContainsKey("prices[].model"))
        {
            values["prices[].max_output"] = "1000";
        }
        if (value is not null)
        {
            values[key] = value;
        }
        return Map(values, "");
    }

    /// <summary>True where the first stands in one of the mappings that the second stands in.</summary>
    static bool IsAround(string one, string key)
    {
        var at = one.LastIndexOf('.');
        return at >= 0 && key.StartsWith(one[..at] + ".", StringComparison.Ordinal);
    }

    static string Map(Dictionary<string, string> values, string within)
    {
        var text = new StringBuilder("{ ");
        foreach (var name in values.Keys.Where(path => path.StartsWith(within, StringComparison.Ordinal)).Select(path => path[within.Length..].Split('.')[0]).Distinct().ToList())
        {
            var plain = name.EndsWith("[]", StringComparison.Ordinal) ? name[..^2] : name;
            // What is written out as a whole needs no parts.
            var whole = values.GetValueOrDefault(within + plain);
            if (whole is not null && plain != name)
            {
                continue;
            }
            text.Append(plain).Append(": ").Append(whole ?? (plain == name ? Map(values, within + name + ".") : $"[{Map(values, within + name + ".")}]")).Append(", ");
        }
        return text.Append('}').ToString();
    }
}
