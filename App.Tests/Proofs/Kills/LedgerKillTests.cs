using System.Diagnostics;
using System.Globalization;
using Governance.Audit;
using Governance.Ledger;
using Governance.Tests.Ledger;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs.Kills;

/// <summary>
/// Reservations and settlements of many callers at once on fifty budgets while the processes that do them are killed. The store is SQLite, or what GOVERNANCE_KILL_STORE (a connection string) names,
/// shared by GOVERNANCE_KILL_INSTANCES processes.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class LedgerKillTests(ITestOutputHelper output) : IDisposable
{
    const int Callers = 64;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-ledger-kill-");
    readonly Dictionary<string, long> caps = LedgerDriver.Budgets().ToDictionary(budget => budget.Id, budget => budget.Cap.Nanos);

    static int Instances => int.TryParse(Environment.GetEnvironmentVariable("GOVERNANCE_KILL_INSTANCES"), CultureInfo.InvariantCulture, out var instances) ? instances : 1;

    string Connection => Environment.GetEnvironmentVariable("GOVERNANCE_KILL_STORE") is { Length: > 0 } store ? store : $"Data Source={Path.Combine(folder.FullName, "governance.db")}";

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task KillsLoseNothingDoubleNothingAndLeaveNothingOpen()
    {
        var (operations, kills) = (Effort.Times(20_000, 1_000_000), Effort.Times(5, 200));
        var seed = Random.Shared.Next(1_000_000_000);
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var reads = new Reads(new JournalSettings(Connection));
        var logs = Enumerable.Range(0, Instances).Select(instance => new DriverReading(Log(instance))).ToList();
        var drivers = new List<DriverProcess>();
        for (var instance = 0; instance < Instances; instance++)
        {
            drivers.Add(await StartAsync(seed, instance, Callers));
        }
        for (var kill = 1; kill <= kills; kill++)
        {
            await WorkedAsync(logs, drivers, operations * (long)kill / kills, random);
            var victim = random.Next(drivers.Count);
            await drivers[victim].KillAsync();
            Balanced(reads, $"seed {seed}, kill {kill}", Instances == 1);
            drivers[victim].Dispose();
            drivers[victim] = await StartAsync(seed + kill, victim, kill == kills ? 0 : Callers);
            if (kill % 10 == 0)
            {
                Progress.Say($"ledger kills: {kill} kills, {logs.Sum(log => log.Operations)} operations, {clock.Elapsed.TotalMinutes:0.0} min");
            }
        }
        for (var instance = 0; instance < Instances; instance++)
        {
            await (drivers[instance].HasExited ? Task.CompletedTask : Instances == 1 ? drivers[instance].EndAsync() : drivers[instance].KillAsync());
            drivers[instance].Dispose();
        }
        // The last start finds what the last kills left.
        using (var last = await StartAsync(seed, 0, 0))
        {
            Assert.Equal(0, await last.EndAsync());
        }
        logs.ForEach(log => log.Read());
        Balanced(reads, $"seed {seed}, end", true);
        var (entries, assumed, unanswered) = Answered(reads, logs, seed);
        var report = await Verification.VerifyAsync(Connection, null);
        Assert.True(report.IsClean, string.Join("; ", report.Findings.Select(finding => $"{finding.Invariant} {finding.Subject}: {finding.Message}")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {logs.Sum(log => log.Operations)} answered operations of {Instances} process(es), 50 budgets, {kills} kills in {clock.Elapsed.TotalSeconds:0} s; {entries} entries, {assumed} assumed, {unanswered} calls without an answer; overspend 0, lost 0, doubled 0, stuck 0"));
    }

    string Log(int instance) => Path.Combine(folder.FullName, $"driver-{instance}.log");

    Task<DriverProcess> StartAsync(int seed, int instance, int callers) => DriverProcess.StartAsync(Connection, Log(instance), seed, instance, callers);

    /// <summary>Returns a moment after that many operations were answered.</summary>
    static async Task WorkedAsync(List<DriverReading> logs, List<DriverProcess> drivers, long operations, Random random)
    {
        var clock = Stopwatch.StartNew();
        while (logs.Sum(log => log.Operations) < operations)
        {
            Assert.True(drivers.Any(driver => !driver.HasExited) && clock.Elapsed < TimeSpan.FromMinutes(5), "the drivers stand still");
            await Task.Delay(20);
            logs.ForEach(log => log.Read());
        }
        await Task.Delay(random.Next(0, 120));
    }

    /// <summary>Every balance is the sum of its entries and open holds, added up here, and below its cap. Where other instances write meanwhile only the caps can be looked at.</summary>
    void Balanced(Reads reads, string when, bool still)
    {
        using var db = reads.Open();
        using var view = db.Database.BeginTransaction();
        var posted = new Dictionary<string, long>();
        var held = new Dictionary<string, long>();
        foreach (var sum in db.Usage.GroupBy(row => new { row.Project, row.Key }).Select(group => new { group.Key.Project, group.Key.Key, Cost = group.Sum(row => row.CostNanos) }))
        {
            Add(posted, sum.Project, sum.Key, sum.Cost);
        }
        foreach (var hold in db.Holds.Select(row => new { row.Call, row.HeldNanos }))
        {
            var call = HoldText.Read(hold.Call).For;
            Add(held, call.Project, call.Key, hold.HeldNanos);
        }
        var balances = db.Balances.GroupBy(row => row.BudgetId).Select(group => new { group.Key, Posted = group.Sum(row => row.PostedNanos), Held = group.Sum(row => row.HeldNanos) }).ToList();
        Assert.Equal(caps.Count, balances.Count);
        foreach (var balance in balances)
        {
            Assert.True(balance.Posted + balance.Held < caps[balance.Key], $"{when}: overspend, {balance.Key} has {balance.Posted} + {balance.Held} of {caps[balance.Key]}");
            Assert.True(!still || (posted.GetValueOrDefault(balance.Key), held.GetValueOrDefault(balance.Key)) == (balance.Posted, balance.Held),
                $"{when}: {balance.Key} says {balance.Posted} posted and {balance.Held} held; entries and holds come to {posted.GetValueOrDefault(balance.Key)} and {held.GetValueOrDefault(balance.Key)}");
        }
    }

    static void Add(Dictionary<string, long> sums, string project, string key, long nanos)
    {
        foreach (var budget in (string[])["all", project, key])
        {
            sums[budget] = sums.GetValueOrDefault(budget) + nanos;
        }
    }

    /// <summary>Every answer that was given stands in the ledger, and nothing stands there that nobody asked for.</summary>
    static (int Entries, int Assumed, int Unanswered) Answered(Reads reads, List<DriverReading> logs, int seed)
    {
        using var db = reads.Open();
        Assert.False(db.Holds.Any());
        var (entries, assumed, unanswered) = (0, 0, 0);
        var calls = logs.SelectMany(log => log.Calls).ToDictionary(call => call.Key, call => call.Value);
        foreach (var entry in db.Usage.Select(row => new { row.Id, row.CostNanos, row.Outcome, row.Project, row.Key }))
        {
            entries++;
            Assert.True(calls.Remove(entry.Id, out var call), $"seed {seed}: entry {entry.Id} is of a call that nobody made");
            assumed += entry.Outcome is UsageOutcome.Assumed ? 1 : 0;
            var right = call switch
            {
                { Answered: { } answered } => entry.CostNanos == answered && answered == call.Wanted && entry.Outcome is UsageOutcome.Posted or UsageOutcome.Voided,
                { Refused: true } => entry.CostNanos == 0 && entry.Outcome is UsageOutcome.Refused,
                { Held: true } => (entry.Outcome is UsageOutcome.Assumed && entry.CostNanos == call.Estimate) || (entry.Outcome is not UsageOutcome.Refused && entry.CostNanos == call.Wanted),
                _ => entry.Outcome is UsageOutcome.Refused or UsageOutcome.Assumed,
            };
            Assert.True(right && (entry.Project, entry.Key) == (call.Project, call.Key), $"seed {seed}: entry {entry.Id} says {entry.Outcome} {entry.CostNanos}; its driver was told {call.Answered}, wanted {call.Wanted}, held {call.Held}, refused {call.Refused}");
        }
        foreach (var (id, call) in calls)
        {
            unanswered++;
            Assert.True(call is { Held: false, Refused: false, Answered: null }, $"seed {seed}: call {id} was answered and has no entry");
        }
        return (entries, assumed, unanswered);
    }
}
