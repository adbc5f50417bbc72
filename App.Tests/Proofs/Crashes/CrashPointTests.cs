using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs.Crashes;

/// <summary>The product dies at every place that has a name, and what it left is right at its next start.</summary>
[Collection(AloneCollection.Name)]
public sealed partial class CrashPointTests(ITestOutputHelper output)
{
    const int Often = 25;
    const int Seldom = 1;

    /// <summary>What is promised of a start where nothing else takes the processors: from the start of the process to the first <c>200</c> of <c>/health/ready</c>.</summary>
    static readonly TimeSpan longestStart = TimeSpan.FromSeconds(5);

    /// <summary>The same beside another product that works, clients and providers.</summary>
    static readonly TimeSpan longestStartUnderLoad = TimeSpan.FromSeconds(30);

    /// <summary>Every named place, and up to which passage it may be asked for: some are passed once in a start.</summary>
    static readonly Dictionary<string, int> points = new()
    {
        ["body-read"] = Often, ["decided"] = Often, ["hold-queued"] = Often, ["hold-executed"] = Often, ["before-commit"] = Often, ["after-commit"] = Often,
        ["before-answer"] = Often, ["before-send"] = Often, ["sending"] = Often, ["sent"] = Often, ["first-byte"] = Often, ["mid-stream"] = Often,
        ["final-usage"] = Often, ["before-settle"] = Often, ["settle-queued"] = Often, ["settle-executed"] = Often, ["settle-committed"] = Often,
        ["entries-sealed"] = Often, ["record-executed"] = 3, ["cache-kept"] = Often, ["audit-appended"] = Often, ["checkpoint-begin"] = 3, ["checkpoint-end"] = 3,
        ["threshold-claimed"] = Seldom, ["mail-drafted"] = Seldom, ["mail-sending"] = Seldom, ["mail-sent"] = Seldom, ["mail-recorded"] = Seldom,
        ["change-executed"] = 3, ["change-prepared"] = 3, ["change-committed"] = 3, ["change-swapped"] = 3,
        ["policy-edited"] = Seldom, ["key-revoked"] = Seldom, ["budget-edited"] = Seldom, ["balance-created"] = Seldom,
        ["recovery-begin"] = Seldom, ["recovery-middle"] = 5, ["recovery-end"] = Seldom,
        ["reconciliation-begin"] = Seldom, ["reconciliation-scanned"] = Seldom, ["reconciliation-end"] = Seldom, ["expiry-begin"] = Seldom,
    };

    /// <summary>The most telling places, in an order in which each finds what it needs: a recovery finds open holds.</summary>
    static readonly string[][] telling =
    [
        ["sent", "recovery-middle", "change-committed", "threshold-claimed"],
        ["after-commit", "mid-stream", "settle-executed", "mail-sent"],
    ];

    [Fact]
    public async Task ACrashAtAnyNamedPlaceLosesNothingAndDoublesNothing()
    {
        Assert.True(AppProcess.Configuration == "Debug", "Only debug builds have the named places: run these tests in the Debug configuration.");
        var seed = Random.Shared.Next();
        if (Effort.Full)
        {
            await StartsAloneAsync();
        }
        var (slowest, kills) = (TimeSpan.Zero, 0);
        var gate = new Lock();
        await Parallel.ForEachAsync(Plans(seed), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (plan, _) =>
        {
            await using var site = await CrashSite.OpenAsync();
            foreach (var (point, passage) in plan)
            {
                await site.CrashAsync(point, passage);
            }
            await site.EndAsync();
            lock (gate)
            {
                slowest = site.Slowest > slowest ? site.Slowest : slowest;
                kills += site.Kills;
                Progress.Say($"crash points: {kills} kills, slowest start {slowest.TotalSeconds:0.0} s");
            }
        });
        output.WriteLine(FormattableString.Invariant($"seed {seed}: {kills} kills, ready within {slowest.TotalSeconds:0.0} s of every start, no hold left, verify clean"));
        Assert.True(slowest < longestStartUnderLoad, $"a start took {slowest}");
    }

    /// <summary>A place that nobody asks for proves nothing, and neither does a name that is nowhere.</summary>
    [Fact]
    public void EveryNamedPlaceOfTheProductIsOnTheList()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(AppProcess.RepositoryFolder, "App"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        var named = sources.SelectMany(file => Reached().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().Order();
        Assert.Equal(points.Keys.Order(), named);
        Assert.True(points.Count >= 25);
        Assert.Empty(telling.SelectMany(plan => plan).Except(points.Keys));
    }

    /// <summary>In the long form the product is compiled ahead and the machine does nothing else: what is promised of a start must hold.</summary>
    async Task StartsAloneAsync()
    {
        await using var site = await CrashSite.OpenAsync();
        foreach (var point in telling.SelectMany(plan => plan))
        {
            await site.CrashAsync(point, 1);
        }
        await site.EndAsync();
        output.WriteLine(FormattableString.Invariant($"alone: {site.Kills} kills, ready within {site.Slowest.TotalSeconds:0.0} s of every start"));
        Assert.True(site.Slowest < longestStart, $"a start took {site.Slowest}");
    }

    /// <summary>
    /// GOVERNANCE_CRASH_POINTS names places to try instead. In full: forty times each (GOVERNANCE_CRASH_ROUNDS: another number), every time on a new
    /// database and in another order, but always with holds left open before a recovery.
    /// </summary>
    static IEnumerable<IReadOnlyList<(string Point, int Passage)>> Plans(int seed)
    {
        var asked = Environment.GetEnvironmentVariable("GOVERNANCE_CRASH_POINTS") is { Length: > 0 } some ? some.Split(',') : null;
        if (!Effort.Full)
        {
            return asked is null ? telling.Select(plan => plan.Select(point => (point, 1)).ToList()) : [[.. asked.Select(point => (point, 1))]];
        }
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("GOVERNANCE_CRASH_ROUNDS"), out var count) ? count : 40;
        return Enumerable.Range(0, rounds).Select(round =>
        {
            var random = new Random(seed + round);
            var plan = new List<(string, int)>();
            foreach (var point in (asked ?? [.. points.Keys]).OrderBy(_ => random.Next()))
            {
                if (point.StartsWith("recovery", StringComparison.Ordinal))
                {
                    plan.Add(("mid-stream", random.Next(5, Often)));
                }
                plan.Add((point, random.Next(1, points[point] + 1)));
            }
            return plan;
        });
    }

    [GeneratedRegex("CrashPoint\\.Reach\\(\"([a-z-]+)\"\\)")]
    private static partial Regex Reached();
}
