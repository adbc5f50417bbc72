using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>Random lives of an installation against books that are kept by other means. GOVERNANCE_SIMULATION_SEED replays one seed, GOVERNANCE_SIMULATION_SEEDS sets how many are tried.</summary>
[Collection(AloneCollection.Name)]
public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>A settlement in a thousand forgets to give back what was held.</summary>
    const string ForgetfulStore = """
        CREATE TRIGGER planted AFTER UPDATE ON balances WHEN NEW.held_nanos < OLD.held_nanos AND NEW.id * 31 + NEW.version % 1000 = 531
        BEGIN UPDATE balances SET held_nanos = OLD.held_nanos WHERE id = NEW.id; END
        """;

    [Fact]
    public Task EveryStepLeavesTheLedgerAsTheBooksSay() => WalkAsync(ClockProgram.SetBack, Effort.Times(25, 10_000));

    /// <summary>Random programs of a clock that is set by up to forty days again and again, and put right; and of starts by such a clock.</summary>
    [Fact]
    public Task ClocksThatJumpMoveNoCallIntoAnotherPeriod() => WalkAsync(ClockProgram.Jumps, Effort.Times(20, 1_000));

    async Task WalkAsync(ClockProgram program, int usual)
    {
        const int Steps = 1000;
        var seeds = Number("GOVERNANCE_SIMULATION_SEED") is { } one ? [one]
            : Enumerable.Range(1, Number("GOVERNANCE_SIMULATION_SEEDS") ?? usual).ToArray();
        var clock = Stopwatch.StartNew();
        var (next, done) = (-1, 0);
        string? broken = null;
        // Threads of their own: walks never wait, and would take the pool from the scans of the reconciliation.
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(() =>
        {
            for (var index = Interlocked.Increment(ref next); index < seeds.Length && Volatile.Read(ref broken) is null; index = Interlocked.Increment(ref next))
            {
                if (Walk.Run(seeds[index], Steps, program: program) is { } wrong)
                {
                    Interlocked.CompareExchange(ref broken, wrong, null);
                }
                var count = Interlocked.Increment(ref done);
                if (count % 500 == 0)
                {
                    Progress.Say($"simulation: {count} of {seeds.Length} seeds, {clock.Elapsed.TotalMinutes:0.0} min");
                }
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.True(broken is null, broken);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seeds.Length} seeds from {seeds[0]} x {Steps} steps, {seeds.Length * (long)Steps / clock.Elapsed.TotalSeconds:0} steps a second, 0 broken invariants"));
    }

    /// <summary>What cannot fail proves nothing.</summary>
    [Fact]
    public void APlantedFaultIsFoundAndItsSeedReplays()
    {
        var found = Enumerable.Range(1, 200).Select(seed => (Seed: seed, Told: Walk.Run(seed, 300, ForgetfulStore))).FirstOrDefault(walk => walk.Told is not null);
        Assert.Contains("I2", found.Told, StringComparison.Ordinal);
        Assert.Contains($"GOVERNANCE_SIMULATION_SEED={found.Seed}", found.Told, StringComparison.Ordinal);
        Assert.Equal(found.Told, Walk.Run(found.Seed, 300, ForgetfulStore));
        Assert.Null(Walk.Run(found.Seed, 300));
        output.WriteLine(found.Told);
    }

    /// <summary>That the period of a call were decided by the clock of its host would be found.</summary>
    [Fact]
    public void APeriodThatTheHostsClockDecidesIsFound()
    {
        var found = Enumerable.Range(1, 20).Select(seed => (Seed: seed, Told: Walk.Run(seed, 300, program: ClockProgram.JumpsAndIsBelieved))).FirstOrDefault(walk => walk.Told?.Contains("I9", StringComparison.Ordinal) is true);
        Assert.Contains("counts in the period of", found.Told, StringComparison.Ordinal);
        Assert.Equal(found.Told, Walk.Run(found.Seed, 300, program: ClockProgram.JumpsAndIsBelieved));
        Assert.Null(Walk.Run(found.Seed, 300, program: ClockProgram.Jumps));
        output.WriteLine(found.Told);
    }

    static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
