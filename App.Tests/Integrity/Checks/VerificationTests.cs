using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Budgets;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Shell.Controls;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Ledger;
using Microsoft.Data.Sqlite;

namespace Governance.Tests.Integrity.Checks;

public abstract class VerificationTests(SpentDatabase spent)
{
    [Fact]
    public async Task AnUntouchedDatabaseIsCleanAndEveryRowWasLookedAt()
    {
        var report = await Verification.VerifyAsync(spent.Connection, null);
        Assert.Empty(report.Findings);
        Assert.Equal(["_ledger", "_system", "chat-widget", "search"], report.Heads.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((10, 3, 1, 1), ((int)report.Rows.Entries, (int)report.Rows.Balances, (int)report.Rows.Holds, (int)report.Rows.ThresholdClaims));
        Assert.Equal(report.Rows.Events, report.Heads.Values.Sum(head => head.Sequence));
        Assert.InRange(report.Rows.Seals, 1, 12);
    }

    [Theory]
    [InlineData("UPDATE audit SET body = CAST(replace(body, '\"at\"', '\"at\" ') AS BLOB) WHERE chain = '_system' AND sequence = 2", "I12", "audit _system 2")]
    [InlineData("UPDATE audit SET hash = zeroblob(32) WHERE chain = 'chat-widget' AND sequence = 1", "I12", "audit chat-widget 1")]
    [InlineData("DELETE FROM audit WHERE chain = '_ledger' AND sequence = 2", "I12", "audit _ledger 3")]
    [InlineData("DELETE FROM audit WHERE id = 1", "I12", "audit id 1")]
    [InlineData("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)", "I12", "bookmark mail")]
    [InlineData("UPDATE audit SET chain = 'other', sequence = 1 WHERE id = (SELECT MAX(id) FROM audit WHERE chain = '_system')", "I12", "audit other 1")]
    [InlineData("UPDATE audit SET sequence = CASE sequence WHEN 1 THEN 900 WHEN 2 THEN 901 END WHERE chain = '_system' AND sequence < 3; UPDATE audit SET sequence = CASE sequence WHEN 900 THEN 2 ELSE 1 END WHERE chain = '_system' AND sequence >= 900", "I12", "audit _system 1")]
    [InlineData("UPDATE audit SET at_milliseconds = at_milliseconds - 1 WHERE chain = '_system' AND sequence = 2", "I12", "audit _system 2")]
    [InlineData("UPDATE usage SET cost_nanos = cost_nanos - 1 WHERE id = (SELECT MIN(id) FROM usage)", "seal", "audit _ledger ")]
    [InlineData("UPDATE usage SET project = 'search' WHERE id = (SELECT MAX(id) FROM usage)", "seal", "audit _ledger ")]
    [InlineData("UPDATE usage SET model_answered = 'claude-opus-4' WHERE id = (SELECT MAX(id) FROM usage)", "seal", "audit _ledger ")]
    [InlineData("DELETE FROM usage WHERE id = (SELECT MIN(id) FROM usage)", "seal", "audit _ledger ")]
    [InlineData("UPDATE usage SET id = id + 1 WHERE id = (SELECT MAX(id) FROM usage)", "seal", "audit _ledger ")]
    [InlineData("UPDATE usage SET batch = 999 WHERE id = (SELECT MAX(id) FROM usage)", "seal", "usage req_")]
    [InlineData("UPDATE corrections SET cost_nanos = cost_nanos - 1, delta_nanos = delta_nanos - 1 WHERE id = (SELECT MAX(id) FROM corrections)", "seal", "audit _ledger ")]
    [InlineData("DELETE FROM corrections WHERE id = (SELECT MIN(id) FROM corrections)", "seal", "audit _ledger ")]
    [InlineData("UPDATE corrections SET batch = 999 WHERE id = (SELECT MAX(id) FROM corrections)", "seal", "corrections req_")]
    [InlineData("UPDATE usage SET cost_nanos = cost_nanos - 1 WHERE cost_nanos > 0", "I2", "balance all-month 2026-11")]
    [InlineData("UPDATE balances SET posted_nanos = 0 WHERE budget_id = 'chat-month'", "I2", "balance chat-month 2026-11")]
    [InlineData("UPDATE balances SET held_nanos = held_nanos + 1 WHERE budget_id = 'search-month'", "I2", "balance search-month 2026-11")]
    [InlineData("UPDATE balances SET starts_milliseconds = starts_milliseconds + 1000 WHERE budget_id = 'search-month'", "I2", "balance search-month 2026-11")]
    [InlineData("DELETE FROM budgets WHERE id = 'search-month'", "I2", "balance search-month 2026-11")]
    [InlineData("UPDATE budgets SET definition = '{' WHERE id = 'search-month'", "I2", "budget search-month")]
    [InlineData("DELETE FROM holds", "I2", "balance search-month 2026-11")]
    [InlineData("UPDATE holds SET held_nanos = held_nanos + 1", "I3", "hold req_")]
    [InlineData("UPDATE holds SET call = 'nothing'", "I3", "hold req_")]
    [InlineData("INSERT INTO holds (id, held_nanos, dispatched, instance, call, expires_milliseconds) SELECT (SELECT MAX(id) FROM usage), held_nanos, 1, instance, call, expires_milliseconds FROM holds", "I3", "hold req_")]
    [InlineData("DELETE FROM threshold_claims", "I14", "audit chat-widget ")]
    [InlineData("UPDATE threshold_claims SET percent = 90", "I14", "threshold chat-month 2026-11 90 %")]
    [InlineData("UPDATE threshold_claims SET audit_id = 1", "I14", "threshold chat-month 2026-11 80 %")]
    [InlineData("UPDATE usage SET outcome = 99 WHERE id = (SELECT MAX(id) FROM usage)", "I3", "usage req_")]
    [InlineData("UPDATE holds SET expires_milliseconds = 1", "I6", "hold req_")]
    [InlineData("UPDATE holds SET expires_milliseconds = 9223372036854775807", "I6", "hold req_")]
    [InlineData("UPDATE usage SET outcome = 2, cost_nanos = 0 WHERE id = (SELECT MAX(id) FROM usage WHERE estimate_nanos > 0)", "I11", "usage req_")]
    [InlineData("UPDATE usage SET outcome = 4 WHERE id = (SELECT MIN(id) FROM usage)", "I11", "usage req_")]
    [InlineData("UPDATE usage SET flags = 1, cost_nanos = estimate_nanos - 1 WHERE id = (SELECT MIN(id) FROM usage)", "I11", "usage req_")]
    [InlineData("UPDATE usage SET input_tokens = 5, output_tokens = 5, cost_nanos = 0 WHERE id = (SELECT MIN(id) FROM usage)", "I11", "usage req_")]
    [InlineData("UPDATE usage SET cost_nanos = -1 WHERE id = (SELECT MIN(id) FROM usage)", "I11", "usage req_")]
    [InlineData("UPDATE budgets SET definition = json_set(definition, '$.cap', '0.00'), updated_at = 0 WHERE id = 'search-month'", "I11", "budget search-month")]
    [InlineData("DELETE FROM usage; UPDATE budgets SET definition = json_set(definition, '$.cap', '0.00'), updated_at = 0 WHERE id = 'search-month'", "I11", "budget search-month")]
    [InlineData("INSERT INTO mail (message_id, recipient, subject, body, audit_id, created_at, next_try_at, tries) SELECT 'other', recipient, subject, body, audit_id, created_at, next_try_at, 0 FROM mail LIMIT 1", "I14", "mail of audit id ")]
    [InlineData("DROP INDEX \"IX_mail_message_id\"; INSERT INTO mail (message_id, recipient, subject, body, audit_id, created_at, next_try_at, tries) SELECT message_id, 'x@example.com', subject, body, audit_id, created_at, next_try_at, 0 FROM mail LIMIT 1", "I14", "mail <threshold.")]
    [InlineData("UPDATE mail SET audit_id = 99999", "I14", "mail <threshold.")]
    [InlineData("DELETE FROM fences", "fence", "fences")]
    [InlineData("UPDATE fences SET lifted_milliseconds = lifted_milliseconds + 1", "fence", "fence 1")]
    [InlineData("UPDATE fences SET epoch = epoch + 97", "fence", "fence 1")]
    [InlineData("UPDATE fences SET lifted_milliseconds = NULL, epoch = NULL", "fence", "fence 1")]
    [InlineData("UPDATE budgets SET definition = json_set(definition, '$.cap', '5000.00') WHERE id = 'all-month'", "definition", "budget all-month")]
    [InlineData("UPDATE budgets SET definition = '{' WHERE id = 'search-month'", "definition", "budget search-month")]
    [InlineData("DELETE FROM budgets WHERE id = 'search-month'", "definition", "budget search-month")]
    [InlineData("INSERT INTO budgets (id, definition, version, created_at, updated_at, updated_by) SELECT 'other', definition, version, created_at, updated_at, updated_by FROM budgets WHERE id = 'search-month'", "definition", "budget other")]
    [InlineData("UPDATE budgets SET id = 'other' WHERE id = 'search-month'", "definition", "budget other")]
    [InlineData("UPDATE fences SET raised_milliseconds = raised_milliseconds + 1", "fence", "fence 1")]
    public async Task EveryKindOfDamageIsNamed(string damage, string invariant, string subject)
    {
        var report = await VerifyAsync(damage);
        Assert.False(report.IsClean);
        Assert.True(report.Checks.Single(check => check.Invariant == invariant).Failures > 0);
        Assert.Contains(report.Findings, finding => finding.Severity is FindingSeverity.Failure && finding.Invariant == invariant && finding.Subject.StartsWith(subject, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("category", "3 - category")]
    [InlineData("action", "'rule.changed'")]
    [InlineData("actor_kind", "(actor_kind + 1) % 4")]
    [InlineData("actor_id", "'tom@example.com'")]
    [InlineData("project", "'search'")]
    [InlineData("target_kind", "'rule'")]
    [InlineData("target_id", "'other'")]
    [InlineData("sentence", "'Nothing happened.'")]
    [InlineData("request_id", "'req_0000000000000'")]
    public async Task AColumnThatDiffersFromTheHashedContentIsNamed(string column, string value)
    {
        var report = await VerifyAsync($"UPDATE audit SET {column} = {value} WHERE chain = 'chat-widget' AND sequence = 1");
        var finding = Assert.Single(report.Findings, finding => finding.Invariant == "I12");
        Assert.Equal("audit chat-widget 1", finding.Subject);
        Assert.EndsWith($": {column}.", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACapThatWasRaisedPastTheProductIsNamedWithWhatWasStoredAndWhatWasTold()
    {
        var report = await VerifyAsync("UPDATE budgets SET definition = json_set(definition, '$.cap', '5000.00') WHERE id = 'all-month'");
        var finding = Assert.Single(report.Findings);
        Assert.Equal((FindingSeverity.Failure, "definition", "budget all-month"), (finding.Severity, finding.Invariant, finding.Subject));
        Assert.Contains("cap: stored \"5000.00\", told \"100.00\"", finding.Message, StringComparison.Ordinal);
        Assert.Contains("event _system ", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditsAndRetirementsOfABudgetAreWhatTheTrailTells()
    {
        await using var rig = new LedgerRig(store: spent.Store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "80") with { AlertEmail = "größe@example.com" });
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "80", "search"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "50", project: null) with { Retired = true });
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Empty(report.Findings);
        Assert.Equal(2, report.Checks.Single(check => check.Invariant == "definition").Rows);
    }

    [Theory]
    [InlineData(null, "clean")]
    [InlineData("UPDATE corrections SET delta_nanos = delta_nanos - 1 WHERE id = (SELECT MIN(id) FROM corrections)", "seal")]
    [InlineData("UPDATE corrections SET upstream_request_id = 'other' WHERE id = (SELECT MAX(id) FROM corrections)", "seal")]
    [InlineData("DELETE FROM corrections WHERE id = (SELECT MAX(id) FROM corrections)", "seal")]
    [InlineData("UPDATE corrections SET batch = batch + 1 WHERE id = (SELECT MIN(id) FROM corrections)", "seal")]
    [InlineData("UPDATE corrections SET batch = 999 WHERE id = (SELECT MAX(id) FROM corrections)", "seal")]
    [InlineData("INSERT INTO corrections SELECT id + 1, 999, outcome, model_answered, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 200, 'x', NULL, 0, 0, 0 FROM corrections WHERE id = (SELECT MAX(id) FROM corrections)", "entry")]
    public async Task AnExportHoldsItsCorrectionsAndBothVerifiersProveThem(string? damage, string code)
    {
        using var key = CheckpointKey.Create();
        using var second = new SecondVerifier(key.PublicPem);
        using var snapshot = new LedgerSnapshot(damage is null ? spent.Connection : spent.Copy(damage));
        using var export = new MemoryStream();
        var written = new AuditExport(snapshot, new ExportRange()).Write(export, DateTimeOffset.UtcNow);
        using var verification = new ExportVerification(CheckpointBook.Empty);
        export.Position = 0;
        var report = verification.Verify(export);
        Assert.Equal(code, report.Bad?.Code ?? "clean");
        Assert.Equal(Mutation.Describe(report.Bad), Assert.Single(await second.RunAsync([(export.ToArray(), null)])));
        if (damage is null)
        {
            Assert.Equal((10, 2), (report.Entries, report.Corrections));
            Assert.Equal((report.Events, report.Entries, report.Corrections), written);
        }
    }

    [Fact]
    public async Task ASpendAboveACapThatNobodyLoweredIsAFailure()
    {
        var told = "DELETE FROM audit WHERE target_kind = 'budget' AND target_id = 'all-month'; ";
        var report = await VerifyAsync(told + "UPDATE budgets SET definition = json_set(definition, '$.cap', '10.00') WHERE id = 'all-month'");
        Assert.Contains(report.Findings, finding => finding is { Invariant: "I1", Severity: FindingSeverity.Failure, Subject: "balance all-month 2026-11" });
    }

    [Fact]
    public async Task ASpendAboveACapThatWasLoweredIsOnlyNoted()
    {
        await using var rig = new LedgerRig(now: new DateTimeOffset(2026, 10, 22, 12, 0, 0, TimeSpan.Zero), store: spent.Store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        await rig.SpendAsync(30m);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "10"));
        var note = Assert.Single((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings);
        Assert.Equal((FindingSeverity.Note, "I1"), (note.Severity, note.Invariant));
        Assert.Contains("the cap was lowered (event chat-widget ", note.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOverrunExplainsASpendAboveTheCap()
    {
        await using var rig = new LedgerRig(now: new DateTimeOffset(2026, 10, 22, 12, 0, 0, TimeSpan.Zero), store: spent.Store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "10"));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        var call = await rig.SpendAsync(11m, estimate: 9m);
        var note = Assert.Single((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings);
        Assert.Equal(FindingSeverity.Note, note.Severity);
        Assert.Contains($"call {call.Id} cost more than was held for it", note.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseInUseIsVerifiedWhileItIsWritten()
    {
        await using var rig = new LedgerRig(store: spent.Store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "1000", project: null));
        using var stop = new CancellationTokenSource();
        var spending = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await rig.SpendAsync(0.01m);
            }
        });
        var entries = new List<long>();
        for (var i = 0; i < 10 || (entries[^1] == entries[0] && i < 500); i++)
        {
            var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
            Assert.Empty(report.Findings);
            entries.Add(report.Rows.Entries);
        }
        await stop.CancelAsync();
        await spending;
        Assert.True(entries[^1] > entries[0], "Nothing was written while the database was verified.");
    }

    [Fact]
    public async Task TheCommandNamesEveryPromiseAndSpeaksJson()
    {
        var (code, text) = await Governance.Tests.Operations.Commands.AppCommand.RunOnAsync(spent.Connection, "verify");
        Assert.True(code == 0, text);
        Assert.All((string[])["I1", "I2", "I3", "I6", "I11", "I12", "seal", "I14", "fence", "checkpoint", "definition"], name => Assert.Contains($"ok   {name} ", text, StringComparison.Ordinal));
        Assert.Contains("Clean. ", text, StringComparison.Ordinal);
        var copy = spent.Copy("UPDATE balances SET posted_nanos = 0 WHERE budget_id = 'chat-month'");
        (code, text) = await Governance.Tests.Operations.Commands.AppCommand.RunOnAsync(copy, "verify", "--json");
        Assert.Equal(1, code);
        var told = System.Text.Json.JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)]).RootElement;
        Assert.False(told.GetProperty("clean").GetBoolean());
        Assert.Equal("balance chat-month 2026-11", told.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("severity").GetString() == "failure").GetProperty("subject").GetString());
        Assert.Equal(3, told.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("invariant").GetString() == "I2").GetProperty("rows").GetInt64());
        Assert.Equal(2, (await Governance.Tests.Operations.Commands.AppCommand.RunOnAsync(spent.Nowhere, "verify", "--json")).Code);
    }

    [Fact]
    public async Task ACapOfZeroThatCountsOnlySomeDaysOrSessionsIsNotBlamedForTheOtherCalls()
    {
        await using var rig = new LedgerRig(store: spent.Store);
        await rig.SaveAsync(LedgerRig.Budget("holidays", "0") with { Window = BudgetWindow.Fixed, From = new DateOnly(2026, 12, 24), To = new DateOnly(2026, 12, 31) });
        await rig.SaveAsync(LedgerRig.Budget("sessions", "0") with { Window = BudgetWindow.Session });
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await rig.SpendAsync(1m);
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        rig.Clock.Now = new DateTimeOffset(2026, 12, 24, 12, 0, 0, TimeSpan.Zero);
        Assert.False(await rig.HoldAsync(rig.Call(1m)));
    }

    /// <summary>Verifies a copy on which <paramref name="damage"/> was done, by somebody who put the triggers out of the way first.</summary>
    Task<VerificationReport> VerifyAsync(string damage) => Verification.VerifyAsync(spent.Copy(damage), null);
}

public sealed class VerificationTestsOnSqlite(SpentFile spent) : VerificationTests(spent), IClassFixture<SpentFile>
{
    [Fact]
    public async Task AFileThatIsNotThereCannotBeRead() =>
        await Assert.ThrowsAsync<SqliteException>(() => Verification.VerifyAsync(spent.Nowhere, null));

    [Fact]
    public async Task VerifyingWritesNothing()
    {
        var before = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await System.IO.File.ReadAllBytesAsync(spent.File)));
        await Verification.VerifyAsync($"Data Source={spent.File};Mode=ReadWriteCreate", null);
        Assert.Equal(before, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await System.IO.File.ReadAllBytesAsync(spent.File))));
    }
}

public sealed class VerificationTestsOnPostgres(SpentServer spent) : VerificationTests(spent), IClassFixture<SpentServer>;
