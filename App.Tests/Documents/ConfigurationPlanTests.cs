using Governance.Audit;
using Governance.Documents;
using Governance.Documents.Text;
using Governance.Policies;

namespace Governance.Tests.Documents;

public sealed class ConfigurationPlanTests
{
    static readonly GovernanceDocument Current = Examples.Read(Examples.Whole);

    [Fact]
    public void ExportedDocumentChangesNothing()
    {
        Assert.Empty(ConfigurationPlan.Between(Current, Examples.Read(DocumentWriter.Write(Current))));
        Assert.Empty(ConfigurationPlan.Between(Current, Examples.Read(DocumentWriter.Write(Current with { Prune = true }))));
    }

    [Fact]
    public void EverythingIsCreatedInAnEmptyPlaceInTheOrderOfTheDocument()
    {
        var changes = ConfigurationPlan.Between(new(), Current);
        Assert.All(changes, change => Assert.Equal(ChangeKind.Create, change.Kind));
        Assert.Equal(
            [
                "workspace lumen", "member ada@lumen.test", "member ben@lumen.test", "upstream main", "upstream play", "project help-desk", "key night-shift",
                "rule code", "rule no-opus", "rule no-sport", "rule short", "budget help-desk-monthly", "route help-desk/eco/simple", "price compatible/my-model@2026-11-01",
            ],
            changes.Select(change => $"{Words.Of(change.Noun)} {change.Id}"));
        Assert.All(changes, change => Assert.EndsWith(".", change.Sentence, StringComparison.Ordinal));
        Assert.All(changes.SelectMany(change => change.Fields), field => Assert.Null(field.Before));
    }

    [Fact]
    public void RaisedCapReadsAsASentenceAndAsAField()
    {
        var current = new GovernanceDocument { Budgets = [Examples.Budget("chat", "50")] };
        var change = Assert.Single(ConfigurationPlan.Between(current, Examples.Part("budgets: [{ id: chat, scope: {}, cap_usd: '75' }]")));
        Assert.Equal("Monthly cap of chat raised from $50.00 to $75.00 (+$25.00, +50 %).", change.Sentence);
        Assert.Equal([new("cap_usd", "50.00", "75.00")], change.Fields);
        Assert.Equal((ChangeKind.Update, Noun.Budget, "chat"), (change.Kind, change.Noun, change.Id));
    }

    public static TheoryData<string, string, string, string> Updates() => new()
    {
        { "workspace: { id: lumen, name: Lumen Labs }", "workspace lumen", "plan", "Plan of workspace lumen changed from pro to team." },
        { "members: [{ email: BEN@lumen.test, role: billing }]", "member ben@lumen.test", "role", "Role of ben@lumen.test changed from auditor to billing." },
        { "members: [{ email: eve@lumen.test, password_env: EVE }]", "member eve@lumen.test", "email,role", "eve@lumen.test becomes a member as developer; the first password is read from EVE." },
        { "upstreams: [{ id: main, kind: anthropic, base_url: 'https://eu.example', api_key_env: ANTHROPIC_API_KEY }]", "upstream main", "base_url",
            "Base url of upstream main changed from https://api.anthropic.com to https://eu.example. A provider key stored for the old address is cleared." },
        { "upstreams: [{ id: play, kind: sandbox, allow_private_network: true }]", "upstream play", "allow_private_network", "Allow private network of upstream play changed from false to true." },
        { "router: [{ project: help-desk, mode: eco, task_type: simple, model: m }]", "route help-desk/eco/simple", "model", "claude-haiku-4-5" },
        { "prices: [{ model: my-model, vendor: compatible, effective_from: 2026-11-01, usd_per_million: { input: '0.60', output: '1.50', cache_read: '0.05' }, context: 200000, max_output: 32000 }]",
            "price compatible/my-model@2026-11-01", "usd_per_million.input", "Usd per million, input of the price of my-model (compatible) from 2026-11-01 changed from 0.50 to 0.60." },
        { "rules: [{ id: short, type: max_input_tokens, scope: { project: help-desk }, tokens: 8000 }]", "rule short", "state", "Rule short is now enforced (was staged)." },
    };

    [Theory]
    [MemberData(nameof(Updates))]
    public void ChangeOfOneValueSaysSo(string text, string thing, string fields, string sentence)
    {
        var change = Assert.Single(ConfigurationPlan.Between(Current, Examples.Part(text)));
        Assert.Equal(thing, $"{Words.Of(change.Noun)} {change.Id}");
        Assert.Equal(fields, string.Join(',', change.Fields.Select(field => field.Name)));
        Assert.Contains(sentence, change.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void OrderOfASetIsNotAChange()
    {
        var current = new GovernanceDocument { Rules = [Examples.Rule("r") with { Models = ["b", "a"] }] };
        Assert.Empty(ConfigurationPlan.Between(current, Examples.Part("rules: [{ id: r, type: deny_model, scope: {}, models: [a, b] }]")));
    }

    [Fact]
    public void OrderOfUpstreamsIsAChange()
    {
        var text = Examples.Whole.Replace("[main, play]", "[play, main]", StringComparison.Ordinal);
        Assert.Equal([new("upstreams", "main, play", "play, main")], Assert.Single(ConfigurationPlan.Between(Current, Examples.Read(text))).Fields);
    }

    [Fact]
    public void WhatIsNotNamedIsLeftAlone()
    {
        var after = ConfigurationMerge.After(Current, Examples.Part("rules: []\nbudgets: []\nprojects: []\nrouter: []\nprices: []\nmembers: []\nupstreams: []"));
        Assert.Empty(ConfigurationPlan.Difference(Current, after));
    }

    [Fact]
    public void PruneEndsTheForceOfWhatIsNotNamedAndKeepsHistory()
    {
        var wanted = Examples.Part("prune: true\nrules: []\nbudgets: []\nrouter: []\nprices: []\nmembers: []\nupstreams: []\nprojects: [{ id: new, name: New, keys: [] }]");
        var changes = ConfigurationPlan.Between(Current, wanted);
        Assert.Equal(
            [
                "Remove member ada@lumen.test", "Remove member ben@lumen.test", "Remove upstream main", "Remove upstream play", "Update project help-desk", "Create project new", "Remove rule code", "Remove rule no-opus", "Remove rule no-sport", "Remove rule short",
                "Remove budget help-desk-monthly", "Remove route help-desk/eco/simple", "Remove price compatible/my-model@2026-11-01",
            ],
            changes.Select(change => $"{change.Kind} {Words.Of(change.Noun)} {change.Id}"));
        Assert.Equal("Project help-desk is stopped: its calls are refused. The document does not name it and prunes.", changes[4].Sentence);
        Assert.All(changes.Where(change => change.Id != "new"), change => Assert.EndsWith("prunes.", change.Sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("prunes", changes[5].Sentence, StringComparison.Ordinal);
        Assert.Empty(ConfigurationPlan.Between(ConfigurationMerge.After(Current, wanted), wanted));
    }

    [Fact]
    public void PruneTouchesOnlySectionsThatAreThere() => Assert.Empty(ConfigurationPlan.Between(Current, Examples.Part("prune: true")));

    [Fact]
    public void PruneRevokesKeysOfAProjectThatListsKeys()
    {
        var project = "projects: [{ id: help-desk, name: Help desk, owner: ada@lumen.test, alert_email: money@lumen.test, department: support, default_mode: eco, upstreams: [main, play], environment: production";
        Assert.Empty(ConfigurationPlan.Between(Current, Examples.Part($"prune: true\n{project} }}]")));
        var change = Assert.Single(ConfigurationPlan.Between(Current, Examples.Part($"prune: true\n{project}, keys: [] }}]")));
        Assert.Equal((ChangeKind.Remove, Noun.Key, "night-shift"), (change.Kind, change.Noun, change.Id));
        Assert.StartsWith("Key night-shift is revoked for ever.", change.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void OldDocumentDoesNotReleaseAKillSwitch()
    {
        var stopped = Current with
        {
            Workspace = Current.Workspace! with { Stopped = true },
            Projects = [Current.Projects[0] with { Stopped = true }],
            Keys = [Current.Keys[0] with { Definition = Current.Keys[0].Definition with { Stopped = true, Revoked = true } }],
        };
        Assert.Empty(ConfigurationPlan.Between(stopped, Examples.Read(Examples.Whole)));

        var released = Examples.Read(Examples.Whole.Replace("plan: pro", "plan: pro, stopped: false", StringComparison.Ordinal)
            .Replace("    environment: production", "    environment: production\n    stopped: false", StringComparison.Ordinal)
            .Replace("        secret_env", "        stopped: false\n        revoked: false\n        secret_env", StringComparison.Ordinal));
        Assert.Equal(
            ["Workspace lumen is no longer stopped.", "Project help-desk is no longer stopped.", "Key night-shift is no longer stopped."],
            ConfigurationPlan.Between(stopped, released).Select(change => change.Sentence));
        Assert.True(ConfigurationMerge.After(stopped, released).Keys[0].Definition.Revoked);
    }

    [Fact]
    public void LeftOutValueOfANamedThingHasItsDefault()
    {
        var current = new GovernanceDocument { Budgets = [Examples.Budget("b", "5") with { HardBlock = false, TimeZone = "Europe/Berlin" }] };
        var change = Assert.Single(ConfigurationPlan.Between(current, Examples.Part("budgets: [{ id: b, scope: {}, cap_usd: '5.00' }]")));
        Assert.Equal([new("time_zone", "Europe/Berlin", "UTC"), new("hard_block", "false", "true")], change.Fields);
    }

    [Fact]
    public void RetiredRuleThatIsNamedAgainIsInForceAgain()
    {
        var current = new GovernanceDocument { Rules = [Examples.Rule("r", RuleState.Retired)] };
        var change = Assert.Single(ConfigurationPlan.Between(current, new() { Rules = [Examples.Rule("r")] }));
        Assert.Equal((ChangeKind.Update, "retired", "enforced"), (change.Kind, change.Fields[0].Before, change.Fields[0].After));
    }

    [Fact]
    public void SecretOfAKeyNeverStandsInAPlan()
    {
        var changes = ConfigurationPlan.Between(new(), Current);
        var key = changes.Single(change => change.Noun == Noun.Key);
        Assert.Equal("Key night-shift of project help-desk created; its secret is read from NIGHT_KEY.", key.Sentence);
        Assert.DoesNotContain(key.Fields, field => field.Name.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void PriceOfAHundredthOfACentIsShownExactly()
    {
        var price = Current.Prices[0] with { Rates = Current.Prices[0].Rates with { Input = 1 } };
        Assert.Contains("$0.000001 for a million input tokens", ConfigurationPlan.Between(new(), new() { Prices = [price] })[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(Money.FromUsd(0.000001m), new Money(1000));
    }
}
