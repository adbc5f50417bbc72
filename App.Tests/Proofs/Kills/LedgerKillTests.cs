using System.Diagnostics;
using System.Globalization;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Tests.Ledger;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs.Kills;

/// <summary>
/// Reservations and settlements of many callers at once on fifty budgets while the processes that do them are killed: one on a file, and on PostgreSQL three
/// that share it, of which the others go on and resolve what the killed one held.
/// </summary>
public abstract class LedgerKillTests : IAsyncLifetime
{
    static readonly int callers = Effort.Times(8, 64);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-ledger-kill-");
    readonly Store store;
    readonly ITestOutputHelper output;
    readonly string connection;
    readonly Reads reads;
    readonly KilledInstances killed;
    readonly List<DriverReading> logs;
    readonly List<DriverProcess> drivers = [];

    protected LedgerKillTests(Store store, ITestOutputHelper output)
    {
        (this.store, this.output) = (store, output);
        connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : $"Data Source={Path.Combine(folder.FullName, "governance.db")}";
        reads = new Reads(new JournalSettings(connection));
        killed = new KilledInstances(reads);
        logs = [.. Enumerable.Range(0, store is Store.Postgres ? 3 : 1).Select(number => new DriverReading(Log(number)))];
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        drivers.ForEach(driver => driver.Dispose());
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task KillsLoseNothingDoubleNothingAndLeaveNothingOpen()
    {
        var (operations, kills) = (Effort.Times(store is Store.Postgres ? 3_000 : 20_000, 1_000_000), Effort.Times(store is Store.Postgres ? 2 : 5, 200));
        var seed = Random.Shared.Next(1_000_000_000);
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var caps = LedgerDriver.Budgets().ToDictionary(budget => budget.Id, budget => budget.Cap.Nanos);
        var balances = new BalanceReading(connection, caps);
        var setUp = await SetUpAsync();
        drivers.AddRange(await Task.WhenAll(Enumerable.Range(0, logs.Count).Select(number => StartAsync(seed, number))));
        for (var kill = 1; kill <= kills; kill++)
        {
            await WorkedAsync(operations * (long)kill / (kills + 1));
            await Task.Delay(random.Next(0, 120));
            var victim = random.Next(drivers.Count);
            await drivers[victim].KillAsync();
            killed.Add(drivers[victim].Instance);
            balances.Check($"seed {seed}, kill {kill}");
            drivers[victim].Dispose();
            var started = StartAsync(seed + kill, victim);
            await LookAsync(() => started.IsCompleted);
            drivers[victim] = await started;
            if (kill % 10 == 0)
            {
                Progress.Say($"ledger kills on {store}: {kill} kills, {logs.Sum(log => log.Operations)} operations, {clock.Elapsed.TotalMinutes:0.0} min");
            }
        }
        await WorkedAsync(operations);
        await LookAsync(() => killed.AreResolved);
        killed.OnlyTheseWereDeclaredDead(setUp);
        foreach (var driver in drivers)
        {
            Assert.Equal(0, await driver.EndAsync());
        }
        logs.ForEach(log => log.Read());
        var worked = clock.Elapsed;
        // From the first entry on, and nothing is held any more.
        Assert.Empty(new BalanceReading(connection, caps).Check($"seed {seed}, end"));
        var (entries, assumed, unanswered) = Answered(seed);
        var report = await Verification.VerifyAsync(connection, null);
        Assert.True(report.IsClean, string.Join("; ", report.Findings.Select(finding => $"{finding.Invariant} {finding.Subject}: {finding.Message}")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {logs.Sum(log => log.Operations)} answered operations of {drivers.Count} process(es), 50 budgets, {killed.Count} kills in {worked.TotalSeconds:0} s, checked in {(clock.Elapsed - worked).TotalSeconds:0} s; holds of the killed were open for {killed.Longest.TotalSeconds:0.0} s at most; {entries} entries, {assumed} assumed, {unanswered} calls without an answer; overspend 0, lost 0, doubled 0, stuck 0"));
    }

    string Log(int number) => Path.Combine(folder.FullName, $"driver-{number}.log");

    /// <summary>Answers the instance that did it.</summary>
    async Task<string> SetUpAsync()
    {
        await using var rig = new LedgerRig(folder.FullName, now: DateTimeOffset.UtcNow, connection: connection);
        foreach (var budget in LedgerDriver.Budgets())
        {
            await rig.SaveAsync(budget);
        }
        return rig.Get<JournalWriter>().Instance;
    }

    Task<DriverProcess> StartAsync(int seed, int number) =>
        DriverProcess.StartAsync([LedgerDriver.Command, connection, Log(number), .. new[] { seed, number, callers }.Select(value => value.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Returns a moment after that many operations were answered.</summary>
    async Task WorkedAsync(long operations)
    {
        var clock = Stopwatch.StartNew();
        while (logs.Sum(log => log.Operations) < operations)
        {
            Assert.All(drivers, driver => Assert.False(driver.HasExited, "A driver ended by itself: " + driver.Errors));
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), "the drivers stand still");
            await Task.Delay(20);
            logs.ForEach(log => log.Read());
            killed.Look();
        }
    }

    /// <summary>Looks after the holds of the killed until <paramref name="enough"/>.</summary>
    async Task LookAsync(Func<bool> enough)
    {
        for (; !enough(); await Task.Delay(50))
        {
            killed.Look();
        }
    }

    /// <summary>Every answer that was given stands in the ledger, and nothing stands there that nobody asked for.</summary>
    (int Entries, int Assumed, int Unanswered) Answered(int seed)
    {
        using var db = reads.Open();
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

[Collection(AloneCollection.Name)]
public sealed class LedgerKillTestsOnSqlite(ITestOutputHelper output) : LedgerKillTests(Store.Sqlite, output);

[Collection(AloneCollection.Name)]
public sealed class LedgerKillTestsOnPostgres(ITestOutputHelper output) : LedgerKillTests(Store.Postgres, output);
