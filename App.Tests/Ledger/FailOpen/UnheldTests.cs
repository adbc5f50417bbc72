using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Ledger.Holds;
using Governance.Ledger.Requests;
using Governance.Shell.Controls;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger.FailOpen;

/// <summary>Calls that end when their hold is gone, and what verification says of budgets that came above their cap.</summary>
public abstract class UnheldTests(Store store)
{
    /// <summary>Before the month in which it is spent, so that making the budget is no explanation.</summary>
    static readonly DateTimeOffset october = new(2026, 10, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(UsageOutcome.Posted, "7", 7)]
    [InlineData(UsageOutcome.Voided, "0", 0)]
    public async Task AnEndWhoseHoldIsGoneIsEnteredInFullAndTold(object outcome, string cost, int counts)
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        await rig.SpendAsync(4m);
        var call = rig.Call(5m);
        Assert.True(await rig.HoldAsync(call));
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Transaction.Prepare("DELETE FROM holds").Run();
            change.Transaction.Prepare("UPDATE balances SET held_nanos = 0").Run();
            rig.Get<BalanceTable>().Clear();
            return true;
        });
        var result = new CallResult { Outcome = (UsageOutcome)outcome, Cost = Money.FromUsd(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture)), Status = 200, End = "completed" };
        for (var delivery = 0; delivery < 3; delivery++)
        {
            Assert.Equal(result.Cost, await rig.Get<SpendLedger>().SettleAsync(call, result));
        }

        var balance = rig.Balances("month")[^1];
        Assert.Equal((4_000_000_000 + (counts * 1_000_000_000L), 0), (balance.PostedNanos, balance.HeldNanos));
        var entry = (await rig.Get<UsageQueries>().FindAsync(call.Id))!;
        Assert.Equal(((UsageOutcome)outcome, UsageFlags.Unheld), (entry.Outcome, entry.Flags));
        Assert.Contains(CallLook.Warnings(entry.Flags), warning => warning.StartsWith("Its hold was gone", StringComparison.Ordinal));
        Assert.Equal(call.Id.ToString(), Assert.Single(rig.Events(LateSettlement.UnheldAction)).RequestId);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Equal(counts > 0, report.Findings.Any(finding => finding.Invariant == "I1" && finding.Message.Contains("its hold was gone", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AnOverrunExplainsNoMoreThanItself()
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        await rig.SpendAsync(8m);
        await rig.SpendAsync(2.5m, estimate: 1m);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains(report.Findings, finding => finding.Invariant == "I1" && finding.Message.Contains("cost more than was held", StringComparison.Ordinal));

        // As a gate would that does not ask: sealed, counted, and never admitted.
        await SmuggleAsync(rig, rig.Call(3m));
        report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        var failure = Assert.Single(report.Findings, finding => finding.Severity is FindingSeverity.Failure);
        Assert.Equal("I1", failure.Invariant);
        Assert.Contains("explains 1.50 of the 3.50 at most", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10", false)]
    [InlineData("10", true)]
    [InlineData("0", false)]
    [InlineData("0", true)]
    public async Task CallsThatWereLetThroughWithoutTheLedgerExplainThemselvesWhileTheyAreOpenAndWhenTheyExpire(string cap, bool expires)
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", cap));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        var window = rig.Get<OpenWindow>();
        Assert.Null((await window.AdmitAsync(rig.Call(30m), Money.FromUsd(50m), null)).Refused);
        await window.ReplayAsync();
        Assert.Equal(30_000_000_000, rig.Balances("month")[^1].HeldNanos);
        if (expires)
        {
            rig.Clock.Now += TimeSpan.FromHours(4);
            Assert.Equal(1, await rig.Get<HoldExpiry>().RunAsync());
            using var db = rig.Get<Reads>().Open();
            Assert.Equal(UsageFlags.FailOpen | UsageFlags.Unverified, Assert.Single(db.Usage).Flags);
        }
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains(report.Findings, finding => finding.Invariant == "I1" && finding.Message.Contains("let through while the ledger could not be written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AThresholdBelowOneThatWasToldIsToldWhenItIsAdded()
    {
        await using var rig = new LedgerRig(store: store);
        var budget = LedgerRig.Budget("month", "10") with { Thresholds = [new Threshold(80)] };
        await rig.SaveAsync(budget);
        await rig.SpendAsync(9m);
        await rig.SaveAsync(budget with { Thresholds = [new Threshold(50), new Threshold(80)] });
        await rig.SaveAsync(budget with { Thresholds = [new Threshold(50), new Threshold(80), new Threshold(95)] });
        Assert.Equal([80, 50], Percents(rig));
        await rig.SpendAsync(0.6m);
        Assert.Equal([80, 50, 95], Percents(rig));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    /// <summary>The refusal was recorded, but its answer got lost; a project that fails open then sent the call after all.</summary>
    [Theory]
    [InlineData(UsageOutcome.Posted, true)]
    [InlineData(UsageOutcome.Assumed, true)]
    [InlineData(UsageOutcome.Voided, false)]
    public async Task ACallThatWasSentInSpiteOfItsRefusalCounts(object outcome, bool counts)
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        rig.Clock.Now = rig.Clock.Now.AddMonths(1);
        await rig.SpendAsync(9m);
        var call = rig.Call(2m);
        Assert.False(await rig.HoldAsync(call));
        var result = new CallResult { Outcome = (UsageOutcome)outcome, Cost = Money.FromUsd(counts ? 2m : 0m), Status = 200, End = "completed" };
        for (var delivery = 0; delivery < 2; delivery++)
        {
            var work = new ReplayWork(rig.Get<SpendLedger>(), [new WindowCall(call with { FailOpen = true }, null, result, Alarm(call))]);
            rig.Get<JournalWriter>().Submit(work);
            Assert.Equal(0, await work.Committed);
        }
        Assert.Equal(counts ? 11_000_000_000 : 9_000_000_000, rig.Balances("month")[^1].PostedNanos);
        Assert.Equal(counts ? 1 : 0, rig.Events(LateSettlement.Action).Count);
        Assert.Equal(counts ? 1 : 0, rig.Events("call.overrun").Count);
        Assert.Equal(Money.FromUsd(counts ? 2m : 0m), (await rig.Get<UsageQueries>().FindAsync(call.Id))!.Cost);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Empty((await rig.Get<Reconciliation>().RunAsync(Actor.System)).Drifts);
    }

    [Fact]
    public async Task WhatTheTrailIsToldOfAnEndIsToldOnce()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        var call = rig.Call(1m);
        Assert.True(await rig.HoldAsync(call));
        for (var delivery = 0; delivery < 3; delivery++)
        {
            await rig.Get<SpendLedger>().SettleAsync(call, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(2m), Flags = UsageFlags.Overrun, Status = 200, End = "completed" }, Alarm(call));
        }
        Assert.Single(rig.Events("call.overrun"));
    }

    static AuditEvent Alarm(LedgerCall call) => new()
    {
        Chain = call.For.Project,
        Category = AuditCategory.System,
        Action = "call.overrun",
        Actor = Actor.System,
        Project = call.For.Project,
        TargetKind = "call",
        TargetId = call.Id.ToString(),
        Sentence = "It cost more than was held.",
    };

    /// <summary>Whatever was admitted before the edit stands; what came after it has to fit.</summary>
    [Fact]
    public async Task AnEditExplainsOnlyWhatWasThereBeforeIt()
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", "20"));
        await rig.SpendAsync(10m);
        await rig.SpendAsync(4m, estimate: 1m);
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await SmuggleAsync(rig, rig.Call(3m));
        var failure = Assert.Single((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings, finding => finding.Severity is FindingSeverity.Failure);
        Assert.Contains("explains 4.00 of the 7.00 at most: the cap was lowered", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What was admitted before the edit may still cost more than it held when it ends after it, and so much is explained.</summary>
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatEndsAfterAnEditIsExplainedByItself()
    {
        await using var rig = new LedgerRig(store: store, now: october);
        await rig.SaveAsync(LedgerRig.Budget("month", "20"));
        await rig.SpendAsync(5m);
        var running = rig.Call(1m);
        Assert.True(await rig.HoldAsync(running));
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await rig.SaveAsync(LedgerRig.Budget("month", "10"));
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await rig.SpendAsync(3m);
        await rig.SettleAsync(running, 4m);
        Assert.Equal(12_000_000_000, Assert.Single(rig.Balances("month")).PostedNanos);
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
        await SmuggleAsync(rig, rig.Call(2m));
        var failure = Assert.Single((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).Findings, finding => finding.Severity is FindingSeverity.Failure);
        Assert.Contains($"explains 3.00 of the 4.00 at most: call {running.Id} cost more than was held for it", failure.Message, StringComparison.Ordinal);
    }

    static async Task SmuggleAsync(LedgerRig rig, LedgerCall call)
    {
        var work = new SmuggleWork(rig.Get<SpendLedger>(), call);
        rig.Get<JournalWriter>().Submit(work);
        Assert.True(await work.Committed);
    }

    sealed class SmuggleWork(SpendLedger ledger, LedgerCall call) : JournalWork<bool>
    {
        public override void Execute(JournalTransaction transaction)
        {
            ledger.Balances.Load(transaction, call.For, call.Id.At);
            ledger.WriteInTransaction(transaction, call, new CallResult { Outcome = UsageOutcome.Posted, Cost = call.Estimate, Status = 200, End = "completed" });
            ledger.Balances.Settle(transaction, call.For, default, call.Estimate, call.Id.At);
            Result = true;
        }
    }

    static List<int> Percents(LedgerRig rig)
    {
        using var db = rig.Get<Reads>().Open();
        return [.. db.ThresholdClaims.OrderBy(claim => claim.AuditId).Select(claim => claim.Percent)];
    }
}

public sealed class UnheldTestsOnSqlite() : UnheldTests(Store.Sqlite);

public sealed class UnheldTestsOnPostgres() : UnheldTests(Store.Postgres);
