using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Ledger;
using Governance.Projects;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>Random budgets of every kind, edited while random calls come and go over months: every balance is at any time what matching the calls one by one comes to.</summary>
public abstract class BalanceProofTests(Store store)
{
    static readonly string[] Zones = ["UTC", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"];

    [Fact]
    public async Task BalancesAreWhatMatchingComesToWhateverIsEdited()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var rig = new LedgerRig(store: store, now: new DateTimeOffset(2026, 10, 25, 3, 0, 0, TimeSpan.Zero));
        var budgets = Enumerable.Range(0, 14).Select(i => $"b{i}").ToDictionary(id => id, id => Budget(random, id));
        foreach (var budget in budgets.Values)
        {
            await rig.SaveAsync(budget);
        }
        var open = new List<LedgerCall>();
        var settled = new List<(LedgerCall Call, Money Cost)>();
        var (admitted, refused) = (0, 0);
        var steps = Effort.Times(120, 3_000);
        // Some drawn budgets leave room for everything at first: it goes on until edits have made enough refusals.
        for (var step = 0; step < steps || (refused <= 20 && step < 20 * steps); step++)
        {
            var calls = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Call(random, rig)).ToList();
            var answers = await Task.WhenAll(calls.Select(rig.HoldAsync));
            open.AddRange(calls.Where((_, i) => answers[i]));
            (admitted, refused) = (admitted + answers.Count(yes => yes), refused + answers.Count(yes => !yes));
            var ending = open.Where(_ => random.Next(3) == 0).ToList();
            await Task.WhenAll(ending.Select(call =>
            {
                var cost = Math.Round(call.Estimate.Usd * random.Next(0, 105) / 100m, 9);
                settled.Add((call, Money.FromUsd(cost)));
                return rig.SettleAsync(call, cost);
            }));
            open.RemoveAll(ending.Contains);
            if (random.Next(6) == 0)
            {
                var edited = Budget(random, $"b{random.Next(budgets.Count)}");
                budgets[edited.Id] = edited;
                await rig.SaveAsync(edited);
            }
            rig.Clock.Now += TimeSpan.FromMinutes(random.Next(4) == 0 ? random.Next(3_000) : random.Next(60));
            if (step % 20 == 19)
            {
                Check(rig, budgets, open, settled, $"seed {seed}, step {step}");
            }
        }
        Assert.True(admitted > 60 && refused > 20, $"seed {seed}: {admitted} admitted, {refused} refused");
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, $"seed {seed}\n{string.Join('\n', report.Findings)}");
        Assert.EndsWith("none had to be corrected.", (await rig.Get<Reconciliation>().RunAsync(Actor.System)).Sentence, StringComparison.Ordinal);
    }

    static void Check(LedgerRig rig, Dictionary<string, BudgetDefinition> budgets, List<LedgerCall> open, List<(LedgerCall Call, Money Cost)> settled, string where)
    {
        foreach (var budget in budgets.Values)
        {
            foreach (var row in rig.Balances(budget.Id))
            {
                var (starts, ends) = (DateTimeOffset.FromUnixTimeMilliseconds(row.StartsMilliseconds), DateTimeOffset.FromUnixTimeMilliseconds(row.EndsMilliseconds));
                bool Counts(LedgerCall call) => BudgetMatch.Matches(budget, call.For) && starts <= call.Id.At && call.Id.At < ends && (budget.Window is not BudgetWindow.Session || row.Period == $"session {call.For.Session}");
                var posted = settled.Where(one => Counts(one.Call)).Sum(one => one.Cost.Nanos);
                var held = open.Where(Counts).Sum(call => call.Holds.Of(budget.Hold).Nanos);
                Assert.True((posted, held) == (row.PostedNanos, row.HeldNanos), $"{where}: {budget.Id} in {row.Period} has {row.PostedNanos} and {row.HeldNanos} instead of {posted} and {held}");
            }
        }
    }

    static LedgerCall Call(Random random, LedgerRig rig)
    {
        var call = rig.Call(random.Next(1, 2_000) / 1_000m);
        return call with
        {
            Expected = random.Next(4) == 0 ? null : new Money(Math.Max(1, call.Estimate.Nanos / random.Next(1, 8))),
            For = new Attribution
            {
                Tenant = Maybe(random), Department = Maybe(random), Employee = Maybe(random), Customer = Maybe(random), Project = Pick(random, "a", "b", "c"), Feature = Maybe(random), Workflow = Maybe(random),
                Key = Pick(random, "a", "b"), Model = Pick(random, "claude-opus-4-8", "claude-sonnet-5", "gpt-5.6"), Vendor = Maybe(random), Session = Maybe(random),
            },
        };
    }

    static BudgetDefinition Budget(Random random, string id)
    {
        var budget = new BudgetDefinition
        {
            Id = id,
            Cap = Money.FromUsd(random.Next(5, 400)),
            Scope = [.. Enum.GetValues<ScopeKind>().Where(_ => random.Next(9) == 0).Select(kind => new ScopeTerm(kind, kind is ScopeKind.Model ? Pick(random, "claude-opus", "claude-*", "gpt-5.6") : Pick(random, "a", "b")))],
            Window = (BudgetWindow)random.Next(6),
            TimeZone = Zones[random.Next(Zones.Length)],
            HardBlock = random.Next(4) > 0,
            Hold = (HoldKind)random.Next(2),
            Retired = random.Next(12) == 0,
        };
        return budget.Window switch
        {
            BudgetWindow.RollingDays => budget with { RollingDays = random.Next(1, 9) },
            BudgetWindow.Fixed => budget with { From = new DateOnly(2026, 10, 20).AddDays(random.Next(20)), To = new DateOnly(2026, 11, 10).AddDays(random.Next(30)) },
            _ => budget,
        };
    }

    static string? Maybe(Random random) => Pick(random, "a", "b", null!);

    static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];
}

public sealed class BalanceProofTestsOnSqlite() : BalanceProofTests(Store.Sqlite);

public sealed class BalanceProofTestsOnPostgres() : BalanceProofTests(Store.Postgres);
