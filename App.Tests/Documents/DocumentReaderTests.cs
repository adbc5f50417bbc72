using System.Diagnostics;
using System.Text.Json;
using Governance.Budgets;
using Governance.Decisions;
using Governance.Documents;
using Governance.Documents.Text;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Policies;
using Governance.Projects;

namespace Governance.Tests.Documents;

public sealed class DocumentReaderTests
{
    public static TheoryData<string, string, string> Faults()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "faults.cases.json")));
        var cases = new TheoryData<string, string, string>();
        foreach (var row in file.RootElement.EnumerateArray())
        {
            cases.Add(row.GetProperty("document").GetString()!, row.GetProperty("path").GetString()!, row.GetProperty("says").GetString()!);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void FaultIsTheOnlyOneAndNamesItsPath(string document, string path, string says)
    {
        var problem = Assert.Single(Assert.IsType<DocumentRejected>(DocumentReader.Read(document)).Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExampleOfTheContractIsReadCompletely()
    {
        var document = Examples.Read(Examples.Whole);

        Assert.Equal(Sections.All, document.Sections);
        Assert.False(document.Prune);
        Assert.Equal(new() { Id = "lumen", Name = "Lumen Labs", Plan = Plan.Pro }, document.Workspace);
        Assert.Equal([new(new() { Email = "ada@lumen.test", Role = MemberRole.Owner }, "ADA_PASSWORD"), new(new() { Email = "ben@lumen.test", Role = MemberRole.Auditor })], document.Members);
        Assert.Equal(
            [
                new() { Id = "main", Kind = UpstreamKind.Anthropic, BaseUrl = "https://api.anthropic.com", ApiKeyEnv = "ANTHROPIC_API_KEY" },
                new() { Id = "play", Kind = UpstreamKind.Sandbox },
            ],
            document.Upstreams);
        var project = Assert.Single(document.Projects);
        Assert.Equal(["main", "play"], project.Upstreams);
        Assert.Equal(("help-desk", "Help desk", "ada@lumen.test", "money@lumen.test", "support", null, Mode.Eco, "production"),
            (project.Id, project.Name, project.Owner, project.AlertEmail, project.Department, project.Customer, project.DefaultMode, project.Environment));
        var attribution = new KeyAttribution { Employee = "cy@lumen.test", Workflow = "triage", Feature = "answers" };
        Assert.Equal([new(new() { Id = "night-shift", Project = "help-desk", Attribution = attribution, AttributionOverride = AttributionOverride.Allow }, "NIGHT_KEY")], document.Keys);
        Assert.Equal(
            [
                ("no-opus", RuleType.DenyModel, "help-desk", RuleState.Enforced), ("no-sport", RuleType.DenyMode, null, RuleState.Enforced),
                ("code", RuleType.ForceModel, null, RuleState.Enforced), ("short", RuleType.MaxInputTokens, "help-desk", RuleState.Staged),
            ],
            document.Rules.Select(rule => (rule.Id, rule.Type, rule.Project, rule.State)));
        Assert.Equal(["claude-opus"], document.Rules[0].Models);
        Assert.Equal("costs too much", document.Rules[0].Reason);
        Assert.Equal([Mode.Sport], document.Rules[1].Modes);
        Assert.Equal((TaskType.Code, "claude-sonnet-5"), (document.Rules[2].TaskType, document.Rules[2].Model));
        Assert.Equal(8000, document.Rules[3].Tokens);
        var budget = Assert.Single(document.Budgets);
        Assert.Equal([new(ScopeKind.Department, "support"), new(ScopeKind.Project, "help-desk")], budget.Scope);
        Assert.Equal([new(50, Severity.Info, Email: false, InApp: false), new(90, Severity.Critical, InApp: false)], budget.Thresholds);
        Assert.Equal((Money.FromUsd(50), BudgetWindow.CalendarMonth, "Europe/Berlin", true, HoldKind.WorstCase),
            (budget.Cap, budget.Window, budget.TimeZone, budget.HardBlock, budget.Hold));
        Assert.Equal([new() { Project = "help-desk", Mode = Mode.Eco, TaskType = TaskType.Simple, Model = "claude-haiku-4-5" }], document.Routes);
        var price = Assert.Single(document.Prices);
        Assert.Equal(new() { Input = 500_000, Output = 1_500_000, CacheRead = 50_000 }, price.Rates);
        Assert.Equal(("my-model", "compatible", new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), 200_000L, 32_000L),
            (price.Model, price.Vendor, price.EffectiveFrom, price.ContextTokens, price.MaxOutputTokens));
        Assert.Equal(["help-desk"], document.KeyedProjects);
    }

    [Theory]
    [InlineData("{\"apiVersion\":\"governance/v1\",\"workspace\":{\"id\":\"w\",\"name\":\"\\u00c4 \\ud83d\\ude80 \\/ \\\"x\\\"\"},\"prune\":true}")]
    [InlineData("{\n\t\"apiVersion\": \"governance/v1\",\n\t\"workspace\": {\n\t\t\"id\": \"w\",\n\t\t\"name\": \"Ä 🚀 / \\\"x\\\"\"\n\t},\n\t\"prune\": true\n}\n")]
    [InlineData("apiVersion: governance/v1\r\nworkspace:\r\n  id: w\r\n  name: 'Ä 🚀 / \"x\"'\r\nprune: true\r\n")]
    public void JsonInEveryLayoutSaysTheSameAsYaml(string text)
    {
        var document = Examples.Read(text);
        Assert.Equal("Ä 🚀 / \"x\"", document.Workspace?.Name);
        Assert.True(document.Prune);
        Assert.Equal(Sections.Workspace, document.Sections);
    }

    [Fact]
    public void AllFaultsAreReportedAtOnce()
    {
        var faults = Examples.Faults("""
            apiVersion: governance/v1
            extra: 1
            rules: [{ id: R, type: deny_model, scope: { }, models: [] }, 7]
            budgets: [{ id: b, scope: { }, cap_usd: 50, window: fortnight }]
            """);
        Assert.Equal(
            ["rules[0].id", "rules[0].models", "rules[1]", "budgets[0].cap_usd", "budgets[0].window", "extra"],
            faults.Select(fault => fault.Split(':')[0]));
    }

    [Fact]
    public void ValueOfASecretIsNeverRepeated()
    {
        var faults = Examples.Faults("""
            apiVersion: governance/v1
            members: [{ email: a@b.test, password_env: "correct horse" }]
            upstreams: [{ id: u, kind: sandbox, api_key_env: sk-ant-secret, api_key: sk-ant-secret }]
            projects: [{ id: p, name: P, keys: [{ id: k, secret_env: sk-gov-secret }] }]
            """);
        Assert.Equal(4, faults.Count);
        Assert.DoesNotContain(faults, fault => fault.Contains("horse", StringComparison.Ordinal) || fault.Contains("sk-", StringComparison.Ordinal));
    }

    [Fact]
    public void ThingThatIsNullIsNotThere()
    {
        var document = Examples.Part("rules:\nbudgets: []\nprune: true");
        Assert.Equal(Sections.Budgets, document.Sections);
    }

    public static TheoryData<string> Bombs() =>
    [
        "apiVersion: governance/v1\na: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 25).Select(i =>
            $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + i), 9))}]\n")),
        new string('[', 500_000),
        string.Concat(Enumerable.Repeat("{a: ", 200_000)),
        string.Concat(Enumerable.Repeat("- ", 400_000)),
        "apiVersion: governance/v1\nx: " + new string('a', 1 << 20),
        "apiVersion: governance/v1\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"k{i}: 1\n")),
        "apiVersion: governance/v1\nrules: [" + string.Concat(Enumerable.Repeat("{},", 150_000)) + "]",
        new string('"', 1_000_000),
        string.Concat(Enumerable.Repeat("? ", 400_000)),
        string.Concat(Enumerable.Repeat("a\n", 500_000)),
        "x: |\n" + string.Concat(Enumerable.Repeat(" a\n", 300_000)),
        "apiVersion: governance/v1\nx:" + new string(' ', 1_000_000),
        "x: " + string.Concat(Enumerable.Repeat("#\n", 500_000)) + "y",
        "x: [" + string.Concat(Enumerable.Repeat("a b ", 250_000)),
    ];

    [Theory]
    [MemberData(nameof(Bombs))]
    public void BombIsRefusedQuickly(string text)
    {
        var watch = Stopwatch.StartNew();
        Assert.IsType<DocumentRejected>(DocumentReader.Read(text));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void DamagedDocumentIsAnAnswerAndNeverAnException()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Spice = "{}[]:,-?&*!|>'\"%@`#\\ \n\t~0aé\u0000\ud83d\u2028";
        for (var round = 0; round < 3000; round++)
        {
            var text = new System.Text.StringBuilder(Examples.Whole);
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                    1 => text.Insert(at, Spice[random.Next(Spice.Length)]),
                    _ => text.Replace(text[at], Spice[random.Next(Spice.Length)], at, 1),
                };
            }
            try
            {
                Assert.NotNull(DocumentReader.Read(text.ToString()));
            }
            catch (Exception fault) when (fault is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, round {round}: {fault}\n{text}");
            }
        }
    }
}
