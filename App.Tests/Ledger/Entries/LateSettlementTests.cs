using Governance.Audit;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Holds;
using Governance.Ledger.Requests;
using Governance.Shell.Controls;
using Governance.Tests.Proofs;
using Xunit.Abstractions;

namespace Governance.Tests.Ledger.Entries;

/// <summary>I3, I7, I8, I10: what ends a call, in whatever order and however often it is told.</summary>
public sealed class LateSettlementTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("2", "0.25", UsageOutcome.Posted)]
    [InlineData("2", "0", UsageOutcome.Voided)]
    [InlineData("2", "3.5", UsageOutcome.Posted)]
    [InlineData("2", "2", UsageOutcome.Posted)]
    public async Task ASettlementAfterTheHoldExpiredIsRecordedInFullAndOnce(string held, string cost, object outcome)
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "50", project: null));
        var call = rig.Call(Usd(held).Usd);
        Assert.True(await rig.HoldAsync(call));
        rig.Clock.Now += TimeSpan.FromHours(4);
        Assert.Equal(1, await rig.Get<HoldExpiry>().RunAsync());
        Assert.Equal(Usd(held).Nanos, rig.Balances("chat-month")[0].PostedNanos);

        Assert.Equal(Usd(cost), await SettleAsync(rig, call, (UsageOutcome)outcome, Usd(cost)));
        Assert.Equal(Usd(cost), await SettleAsync(rig, call, UsageOutcome.Posted, Usd("40")));
        Assert.Equal(Usd(cost), await SettleAsync(rig, call, UsageOutcome.Voided, Money.Zero));

        Assert.All(["chat-month", "all-month"], budget => Assert.Equal((Usd(cost).Nanos, 0), (rig.Balances(budget)[0].PostedNanos, rig.Balances(budget)[0].HeldNanos)));
        var entry = (await rig.Get<UsageQueries>().FindAsync(call.Id))!;
        Assert.Equal((UsageOutcome.Expired, Usd(held).Nanos, Usd(cost)), (entry.Outcome, entry.CostNanos, entry.Cost));
        Assert.Equal((Usd(cost) - Usd(held)).Nanos, entry.Correction!.DeltaNanos);
        Assert.Contains("The cost was put right later by a correction.", CallLook.Warnings(entry.Warnings));
        Assert.Equal(Usd(cost), rig.Get<SpendTally>().Read().All.Cost);
        Assert.Equal(Usd(cost), (await rig.Get<Governance.Projects.KeyUseSource>().ReadAsync())["key-1"].SpendInMonth);
        Assert.Equal(call.Id.ToString(), Assert.Single(rig.Events("call.corrected")).RequestId);
        await CleanAsync(rig);
        var before = rig.Balances("chat-month")[0].PostedNanos;
        await rig.Get<Reconciliation>().RunAsync(Actor.System);
        Assert.Equal(before, rig.Balances("chat-month")[0].PostedNanos);
        Assert.Empty(rig.Events("ledger.drift_corrected"));
    }

    [Fact]
    public async Task ALateSettlementCountsInThePeriodOfItsReservation()
    {
        await using var rig = new LedgerRig(now: new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = rig.Call(2m);
        Assert.True(await rig.HoldAsync(call));
        rig.Clock.Now += TimeSpan.FromHours(4);
        await rig.Get<HoldExpiry>().RunAsync();
        await rig.SpendAsync(1m);
        await SettleAsync(rig, call, UsageOutcome.Posted, Usd("0.5"));
        Assert.Equal([("2026-11", 500_000_000L), ("2026-12", 1_000_000_000L)], rig.Balances("chat-month").Select(balance => (balance.Period, balance.PostedNanos)));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task WhatIsAssumedAgainTellsNothingNew()
    {
        await using var rig = new LedgerRig();
        var call = rig.Call(2m);
        Assert.True(await rig.HoldAsync(call));
        Assert.Equal(Usd("2"), await SettleAsync(rig, call, UsageOutcome.Assumed, Usd("2")));
        Assert.Equal(Usd("2"), await SettleAsync(rig, call, UsageOutcome.Expired, Usd("2")));
        Assert.Empty(rig.Events("call.corrected"));
        // But usage that was seen beyond the hold is money that is owed.
        Assert.Equal(Usd("2.5"), await SettleAsync(rig, call, UsageOutcome.Assumed, Usd("2.5")));
        Assert.Single(rig.Events("call.corrected"));
        await CleanAsync(rig);
    }

    [Fact]
    public async Task ACorrectionThatRaisesASumAboveTheCapIsExplained()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "2.5"));
        rig.Clock.Now += TimeSpan.FromDays(31);
        var call = rig.Call(2m);
        Assert.True(await rig.HoldAsync(call));
        rig.Clock.Now += TimeSpan.FromHours(4);
        await rig.Get<HoldExpiry>().RunAsync();
        await SettleAsync(rig, call, UsageOutcome.Posted, Usd("3"));
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Contains(report.Findings, finding => finding.Message.Contains($"call {call.Id} was settled late", StringComparison.Ordinal));
        Assert.False(await rig.HoldAsync(rig.Call(0.01m)));
    }

    [Theory]
    [InlineData("UPDATE corrections SET delta_nanos = delta_nanos - 1", "seal")]
    [InlineData("DELETE FROM corrections", "seal")]
    [InlineData("INSERT INTO corrections SELECT id + 1, batch, outcome, model_answered, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0, 200, 'x', NULL, 0, 0, 0 FROM corrections", "I3")]
    public async Task ACorrectionThatWasTouchedIsFound(string damage, string invariant)
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var call = rig.Call(2m);
        Assert.True(await rig.HoldAsync(call));
        await SettleAsync(rig, call, UsageOutcome.Assumed, Usd("2"));
        await SettleAsync(rig, call, UsageOutcome.Posted, Usd("1"));
        await CleanAsync(rig);
        if (!damage.StartsWith("INSERT", StringComparison.Ordinal))
        {
            Assert.Contains("append-only", Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => rig.Tamper(damage)).Message, StringComparison.Ordinal);
        }
        rig.Tamper("DROP TRIGGER corrections_no_update; DROP TRIGGER corrections_no_delete; " + damage);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Contains(report.Findings, finding => finding.Invariant == invariant && finding.Severity is FindingSeverity.Failure);
    }

    /// <summary>Settle, void and expire, each 1 to 5 times, in any order, for many calls at once: what each delivery answers and what is on file is what a model of a few lines says.</summary>
    [Fact]
    public async Task WhateverIsDeliveredInWhateverOrderThereIsOneTerminalState()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000000000"));
        await rig.SaveAsync(LedgerRig.Budget("all-month", "1000000000", project: null));
        var wanted = Effort.Times(4_000, 1_000_000);
        var all = new List<Deliveries>();
        for (var delivered = 0; delivered < wanted;)
        {
            var wave = Enumerable.Range(0, Effort.Times(150, 4_000)).Select(_ => new Deliveries(rig.Call(2m), random)).ToList();
            Assert.All(await Task.WhenAll(wave.Select(each => rig.HoldAsync(each.Call))), Assert.True);
            await StepAsync(rig, wave.Where(each => each.Next is not UsageOutcome.Expired), seed);
            // Those that are left open expire as holds do.
            var open = wave.Where(each => each.Next is UsageOutcome.Expired && each.Taken == 0).ToList();
            rig.Clock.Now += TimeSpan.FromHours(3.1);
            Assert.Equal(open.Count, await rig.Get<HoldExpiry>().RunAsync());
            open.ForEach(each => each.Take());
            while (wave.Any(each => each.Next is not null))
            {
                await StepAsync(rig, wave.Where(each => each.Next is not null), seed);
            }
            delivered += wave.Sum(each => each.Taken);
            all.AddRange(wave);
        }
        await CheckAsync(rig, all, seed);
    }

    static async Task StepAsync(LedgerRig rig, IEnumerable<Deliveries> calls, int seed)
    {
        var asked = calls.Select(each => (Call: each, Answer: SettleAsync(rig, each.Call, each.Next!.Value, each.CostOf(each.Next.Value)))).ToList();
        foreach (var (call, answer) in asked)
        {
            var got = await answer;
            call.Take();
            Assert.True(call.Stands == got, $"seed {seed}: {call.Call.Id} answered {got} instead of {call.Stands}");
        }
    }

    static async Task CheckAsync(LedgerRig rig, List<Deliveries> all, int seed)
    {
        using var db = rig.Get<Reads>().Open();
        Assert.Empty(db.Holds);
        var entries = db.Usage.ToDictionary(row => row.Id);
        var corrections = db.Corrections.ToDictionary(row => row.Id);
        Assert.Equal(all.Count, entries.Count);
        foreach (var call in all)
        {
            var entry = entries[call.Call.Id.Value];
            var correction = corrections.GetValueOrDefault(entry.Id);
            Assert.True(entry.Outcome == call.First && (correction?.Outcome == call.Later), $"seed {seed}: {call.Call.Id} is {entry.Outcome} and {correction?.Outcome} instead of {call.First} and {call.Later}");
            Assert.Equal(call.Stands.Nanos, entry.CostNanos + (correction?.DeltaNanos ?? 0));
        }
        var sum = all.Sum(call => call.Stands.Nanos);
        Assert.All(["chat-month", "all-month"], budget => Assert.Equal((sum, 0L), (rig.Balances(budget).Sum(balance => balance.PostedNanos), rig.Balances(budget).Sum(balance => balance.HeldNanos))));
        Assert.NotEmpty(corrections);
        await CleanAsync(rig);
    }

    static async Task CleanAsync(LedgerRig rig)
    {
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    static Task<Money> SettleAsync(LedgerRig rig, LedgerCall call, UsageOutcome outcome, Money cost) =>
        rig.Get<SpendLedger>().SettleAsync(call, new CallResult { Outcome = outcome, Cost = cost, End = outcome.ToString(), Status = 200 }).AsTask();

    static Money Usd(string usd) => Money.TryParse(usd, out var money) ? money : throw new FormatException(usd);

    /// <summary>What one call is told, and the model of what it comes to.</summary>
    sealed class Deliveries
    {
        static readonly UsageOutcome[] kinds = [UsageOutcome.Posted, UsageOutcome.Voided, UsageOutcome.Expired];
        readonly UsageOutcome[] order;
        readonly Money cost;

        public Deliveries(LedgerCall call, Random random)
        {
            Call = call;
            cost = new Money(random.NextInt64(1, 2 * call.Estimate.Nanos));
            order = [.. kinds.SelectMany(kind => Enumerable.Repeat(kind, random.Next(1, 6)))];
            random.Shuffle(order);
        }

        public LedgerCall Call { get; }

        public int Taken { get; private set; }

        public UsageOutcome? Next => Taken < order.Length ? order[Taken] : null;

        public UsageOutcome First => order[0];

        /// <summary>The kind of the correction: the first that knows better than an expiry.</summary>
        public UsageOutcome? Later { get; private set; }

        public Money Stands { get; private set; }

        public Money CostOf(UsageOutcome kind) => kind switch { UsageOutcome.Posted => cost, UsageOutcome.Voided => Money.Zero, _ => Call.Estimate };

        public void Take()
        {
            var kind = order[Taken++];
            if (Taken == 1)
            {
                Stands = CostOf(kind);
            }
            else if (First is UsageOutcome.Expired && Later is null && kind is not UsageOutcome.Expired)
            {
                (Later, Stands) = (kind, CostOf(kind));
            }
        }
    }
}
