using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Tests.Proofs;
using Xunit.Abstractions;

namespace Governance.Tests.Audit.Exports;

/// <summary>Every damage to an export is found without a database, by two verifiers that come to the same, and nothing else is.</summary>
[Collection(AloneCollection.Name)]
public sealed class ExportMutationTests : IDisposable
{
    readonly ITestOutputHelper output;
    readonly CheckpointKey key = CheckpointKey.Create();
    readonly SecondVerifier second;
    readonly string folder = Directory.CreateTempSubdirectory("governance-mutations-").FullName;
    readonly int seed = Environment.TickCount;

    public ExportMutationTests(ITestOutputHelper output)
    {
        this.output = output;
        second = new SecondVerifier(key.PublicPem);
        output.WriteLine($"seed {seed}");
    }

    [Fact]
    public async Task EveryMutationIsFoundAndBothVerifiersNameTheSameRow()
    {
        const int PerTrail = 100;
        var random = new Random(seed);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Effort.Times(3, 100); round++)
        {
            var trailSeed = random.Next();
            DraftTrail Trail(string name)
            {
                var trail = DraftTrail.Create(new Random(trailSeed), key, Path.Combine(folder, name), events: 30);
                trail.Checkpoint();
                return trail;
            }
            using var original = Trail($"{round}");
            var export = original.Export();
            Assert.Equal("clean", Verdict(export, original.Folder));
            var cases = new List<(byte[] Export, string? Checkpoints)>();
            for (var i = 0; i < PerTrail; i++)
            {
                cases.Add((Mutation.Apply(Mutation.Kinds[i % Mutation.Kinds.Length], export, () => { using var copy = Trail($"{round}-{i}"); return copy; }, random), original.Folder));
                Assert.False(cases[^1].Export.AsSpan().SequenceEqual(export), $"mutation {i} of round {round} changed nothing (seed {seed})");
            }
            var others = await second.RunAsync(cases);
            for (var i = 0; i < PerTrail; i++)
            {
                var (kind, verdict) = (Mutation.Kinds[i % Mutation.Kinds.Length], Verdict(cases[i].Export, original.Folder));
                Assert.True(verdict != "clean", $"{kind}, mutation {i} of round {round}, was not found (seed {seed})");
                Assert.True(verdict == others[i], $"{kind}, mutation {i} of round {round}: {verdict} and {others[i]} (seed {seed})");
                var code = $"{kind} -> {verdict.Split('|')[3]}";
                counts[code] = counts.GetValueOrDefault(code) + 1;
            }
        }
        foreach (var (code, count) in counts)
        {
            output.WriteLine($"{count,6} {code}");
        }
        string[] sometimes = Effort.Full ? ["cut -> cut", "delete -> sequence", "renumber -> cut", "renumber -> checkpoint", "swap -> sequence"] : [];
        Assert.All(["rechain -> checkpoint", "reseal -> checkpoint", "cut -> end", "splice -> hash", "flip -> hash", .. sometimes], code => Assert.True(counts.ContainsKey(code), $"no {code} in {string.Join(", ", counts.Keys)} (seed {seed})"));
    }

    /// <summary>A clock that was wrong stays in the trail for ever; it is told, and hides nothing that is behind it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(40_000)]
    [InlineData(80_000_000)]
    public async Task ATimeThatWentBackIsNotedByBothVerifiersAndHidesNothing(long milliseconds)
    {
        var random = new Random(seed);
        using var trail = DraftTrail.Create(random, key, Path.Combine(folder, "back"), events: 20);
        trail.Checkpoint();
        // Further back than the few milliseconds that lie between two events.
        trail.TurnBack(milliseconds + 1_000);
        string[] chains = [.. trail.Chains.Keys];
        trail.Grow(20, chains);
        trail.Checkpoint();
        var export = trail.Export();
        var report = Verify(export, trail.Folder);
        Assert.True(report.Clean, $"{report.Bad} (seed {seed})");
        Assert.Single(report.Notes, note => note.StartsWith("time: ", StringComparison.Ordinal));
        var changed = Enumerable.Range(0, 10).Select(_ => (Mutation.Apply("flip", export, () => throw new InvalidOperationException(), random), (string?)trail.Folder)).ToList();
        var others = await second.RunAsync([(export, trail.Folder), .. changed]);
        Assert.Equal("clean", others[0]);
        Assert.All(changed, (one, i) =>
        {
            Assert.NotEqual("clean", others[i + 1]);
            Assert.Equal(Mutation.Describe(Verify(one.Item1, one.Item2).Bad), others[i + 1]);
        });
    }

    /// <summary>Somebody with the database in hand rewrites a chain, or cuts it, and begins an epoch to explain it, without having seen the checkpoints; an honest restore does the same but names the last one.</summary>
    [Fact]
    public async Task AnEpochThatWasForgedExplainsNothingAndAnHonestOneDoes()
    {
        var random = new Random(seed);
        string[] kinds = ["unnamed", "earlier", "guessed", "misplaced", "honest"];
        var trails = new List<DraftTrail>();
        var cases = new List<(byte[] Export, string? Checkpoints)>();
        var told = new List<(string Kind, string Chain, bool Cuts)>();
        for (var i = 0; i < Effort.Times(10, 300); i++)
        {
            foreach (var kind in kinds)
            {
                var trail = DraftTrail.Create(random, key, Path.Combine(folder, $"forged-{kind}-{i}"), events: 20);
                trails.Add(trail);
                trail.Checkpoint();
                var earlier = trail.Last;
                trail.AppendRandom("project-1");
                trail.Checkpoint();
                told.Add((kind, "project-1", random.Next(2) == 0));
                Forge(trail, kind, told[^1].Cuts, earlier!, random);
                cases.Add((trail.Export(), trail.Folder));
            }
        }
        var others = await second.RunAsync(cases);
        for (var i = 0; i < cases.Count; i++)
        {
            var (kind, chain, cuts) = told[i];
            var report = Verify(cases[i].Export, cases[i].Checkpoints);
            Assert.True(Mutation.Describe(report.Bad) == others[i], $"{kind}, case {i}: {Mutation.Describe(report.Bad)} and {others[i]} (seed {seed})");
            if (kind == "honest")
            {
                Assert.True(report.Clean, $"case {i}: {report.Bad} (seed {seed})");
                Assert.Contains(report.Notes, note => note.StartsWith($"Chain {chain} was rewound from sequence", StringComparison.Ordinal));
                continue;
            }
            Assert.True(report.Bad is { } bad && bad.Chain == chain && bad.Code == (cuts ? "cut" : "checkpoint"), $"{kind}, case {i}: {report.Bad} (seed {seed})");
            Assert.Contains("claims to explain it", report.Bad.Why, StringComparison.Ordinal);
        }
        trails.ForEach(trail => trail.Dispose());
    }

    static void Forge(DraftTrail trail, string kind, bool cuts, WrittenCheckpoint earlier, Random random)
    {
        var events = trail.Chains["project-1"];
        // Behind what the earlier checkpoint names only the last event stands; what is explained must be behind the heads told.
        var from = events.Count - 1;
        if (cuts)
        {
            events.RemoveAt(from);
        }
        else
        {
            events[from] = events[from] with { Body = DraftTrail.Edit(events[from].Body, "\"sentence\":\"", "\"sentence\":\"Not ") };
            trail.Relink("project-1");
        }
        var heads = trail.Chains.ToDictionary(chain => chain.Key, chain => (long)chain.Value.Count);
        heads["project-1"] = from;
        heads["_system"] -= kind == "misplaced" ? 1 : 0;
        trail.BeginEpoch("A backup was restored.", heads, kind switch
        {
            "unnamed" => null,
            "earlier" => earlier,
            "guessed" => trail.Last! with { LineHash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(random.Next()))) },
            _ => trail.Last,
        });
    }

    [Fact]
    public async Task CleanExportsRaiseNoAlarm()
    {
        const int PerTrail = 10;
        const int TrailsAtOnce = 15;
        var random = new Random(seed);
        for (var round = 0; round < Effort.Times(2, 67); round++)
        {
            var trails = Enumerable.Range(0, TrailsAtOnce).Select(i => RandomTrail(random, $"{round}-{i}")).ToList();
            var cases = trails.SelectMany(trail => Growing(trail, random, PerTrail)).ToList();
            var others = await second.RunAsync(cases);
            for (var i = 0; i < cases.Count; i++)
            {
                var verdict = Verdict(cases[i].Export, cases[i].Checkpoints);
                Assert.True((verdict, others[i]) == ("clean", "clean"), $"export {i} of round {round}: {verdict} and {others[i]} (seed {seed})");
            }
            trails.ForEach(trail => trail.Dispose());
        }
    }

    /// <summary>Some of them went back once, and said so.</summary>
    DraftTrail RandomTrail(Random random, string name)
    {
        var trail = DraftTrail.Create(random, key, Path.Combine(folder, name), events: random.Next(40));
        if (random.Next(3) == 0)
        {
            trail.Checkpoint();
            trail.BeginEpoch("A backup was restored.", trail.Rewind(random.NextDouble()));
            trail.AppendRandom("_ledger");
        }
        trail.Checkpoint();
        return trail;
    }

    /// <summary>Exports of a trail that grows while its checkpoints stay where they are: a tail that nothing covers yet is no alarm.</summary>
    static IEnumerable<(byte[] Export, string? Checkpoints)> Growing(DraftTrail trail, Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return (trail.Export(), i == 0 ? null : trail.Folder);
            for (var more = random.Next(5); more > 0; more--)
            {
                trail.AppendRandom(trail.Chains.Keys.ElementAt(random.Next(trail.Chains.Count)));
            }
        }
    }

    public void Dispose()
    {
        second.Dispose();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    string Verdict(byte[] export, string? checkpoints) => Mutation.Describe(Verify(export, checkpoints).Bad);

    ExportReport Verify(byte[] export, string? checkpoints)
    {
        var book = checkpoints is null ? CheckpointBook.Empty : CheckpointBook.Read([checkpoints], CheckpointKey.ReadPublic(key.PublicPem));
        using var verification = new ExportVerification(book);
        return verification.Verify(new MemoryStream(export));
    }
}
