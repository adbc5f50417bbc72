using Governance.Audit;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;
using Governance.Tests.Ledger;

namespace Governance.Tests.Integrity.Checks;

/// <summary>Whatever is set by the product verifies; whatever is set past it is named, of every kind of definition.</summary>
public sealed class VerifiedDefinitionsTests
{
    static readonly Actor lisa = new(ActorKind.Member, "lisa@example.com");

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task WhatTheProductSetsIsWhatTheTrailTells(object store)
    {
        await using var rig = await SetAsync((Store)store);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Empty(report.Findings);
        Assert.Equal(7, report.Checks.Single(check => check.Invariant == "definition").Rows);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task EveryKindOfDefinitionThatWasChangedPastTheTrailIsNamed(object store)
    {
        await using var rig = await SetAsync((Store)store);
        // Each value as it is stored, and what somebody who wants to spend more would put there.
        (string Table, string Was, string Is, string Subject)[] edits =
        [
            ("budgets", "\"cap\":\"20.00\"", "\"cap\":\"900.00\"", "budget chat-month"),
            ("workspaces", "\"plan\":\"team\"", "\"plan\":\"free\"", "workspace workspace"),
            ("keys", "\"stopped\":true", "\"stopped\":false", "key key-1"),
            ("projects", "\"name\":\"Chat\"", "\"name\":\"Chats\"", "project chat-widget"),
            ("rules", "\"state\":\"enforced\"", "\"state\":\"retired\"", "rule no-opus"),
            ("routes", "\"model\":\"claude-haiku-4-5\"", "\"model\":\"claude-opus-5\"", "route *:eco:code"),
            ("prices", "\"model\":\"claude-other\"", "\"model\":\"claude-opus-5\"", "price anthropic:claude-other:0"),
        ];
        foreach (var (table, was, now, _) in edits)
        {
            rig.Tamper($"UPDATE {table} SET definition = replace(definition, '{was}', '{now}')");
        }
        var found = (await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings.Where(finding => finding.Invariant == "definition").ToList();
        Assert.Equal(edits.Select(edit => edit.Subject).Order(StringComparer.Ordinal), found.Select(finding => finding.Subject).Order(StringComparer.Ordinal));
        Assert.All(edits, edit => Assert.Contains($"stored {edit.Is.Split(':')[1]}, told {edit.Was.Split(':')[1]}", found.Single(finding => finding.Subject == edit.Subject).Message, StringComparison.Ordinal));
        foreach (var (table, _, _, _) in edits)
        {
            rig.Tamper($"DELETE FROM {table}");
        }
        found = [.. (await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings.Where(finding => finding.Invariant == "definition")];
        Assert.Equal(edits.Select(edit => edit.Subject).Order(StringComparer.Ordinal), found.Select(finding => finding.Subject).Order(StringComparer.Ordinal));
        Assert.All(found, finding => Assert.Contains("nobody removed it", finding.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task WhatWasRemovedAndPutBackPastTheTrailIsNamed(object store)
    {
        await using var rig = await SetAsync((Store)store);
        rig.Tamper("INSERT INTO routes (id, definition, version, created_at, updated_at, updated_by) SELECT '*:eco:simple', definition, 1, 0, 0, '' FROM routes");
        var finding = Assert.Single((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings);
        Assert.Equal(("definition", "route *:eco:simple"), (finding.Invariant, finding.Subject));
        Assert.Contains("removed it", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>One of every kind that is still there, changed at least once, and some that were removed.</summary>
    static async Task<LedgerRig> SetAsync(Store store)
    {
        var rig = new LedgerRig(store: store);
        var workspace = new WorkspaceDefinition { Id = "acme", Name = "Größe & \"Söhne\"", Plan = Plan.Paid };
        var project = new ProjectDefinition { Id = "chat-widget", Name = "Chat widget" };
        var key = new KeyDefinition { Id = "key-1", Project = "chat-widget" };
        var rule = new RuleDefinition { Id = "no-opus", Type = RuleType.DenyModel, Models = ["claude-opus-*"], State = RuleState.Staged };
        var code = new RouteDefinition { Mode = Mode.Eco, TaskType = TaskType.Code, Model = "claude-sonnet-5" };
        var simple = code with { TaskType = TaskType.Simple };
        var price = new PriceOverlay { Vendor = "anthropic", Model = "claude-other", Rates = new OverlayRates { Input = 1, Output = 5, CacheRead = 1, CacheWriteShort = 1, CacheWriteLong = 2 } };
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            ProjectEdits.SaveInChange(change, workspace, lisa);
            ProjectEdits.SaveInChange(change, project, lisa);
            ProjectEdits.CreateKeyInChange(change, key, KeySecret.Create(), lisa);
            PolicyEdits.SaveInChange(change, rule, lisa);
            PolicyEdits.SaveInChange(change, code, lisa);
            PolicyEdits.SaveInChange(change, simple, lisa);
            return PriceEdits.SaveInChange(change, price, lisa);
        });
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            // It may call itself otherwise; it is the same one.
            ProjectEdits.SaveInChange(change, workspace with { Id = "acme-2", Plan = Plan.Team }, lisa);
            ProjectEdits.SaveInChange(change, project with { Name = "Chat" }, lisa);
            ProjectEdits.SaveInChange(change, key with { Stopped = true }, lisa);
            PolicyEdits.SaveInChange(change, rule with { State = RuleState.Enforced }, lisa);
            PolicyEdits.SaveInChange(change, code with { Model = "claude-haiku-4-5" }, lisa);
            PolicyEdits.RemoveInChange(change, simple, lisa);
            return PriceEdits.RemoveInChange(change, price, lisa);
        });
        await rig.Get<JournalWriter>().ChangeAsync(change => PriceEdits.SaveInChange(change, price with { WebSearchNanos = 5 }, lisa));
        return rig;
    }
}
