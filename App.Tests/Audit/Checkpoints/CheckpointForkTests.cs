using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Shell.Controls;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Ledger;
using Governance.Tests.Proofs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Audit.Checkpoints;

/// <summary>Writers that were paused, and lines that cannot be right: neither accuses falsely, and neither hides what the other lines tell.</summary>
public sealed class CheckpointForkTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("governance-forks-").FullName;
    readonly CheckpointKey key = CheckpointKey.Create();

    [Fact]
    public async Task AWriterThatWasPausedFollowsWhatAnotherHasWrittenMeanwhile()
    {
        await using var rig = new LedgerRig();
        await rig.SpendAsync(1m);
        var paused = rig.Get<CheckpointWriter>();
        var written = new List<WrittenCheckpoint?> { await paused.WriteAsync("asked") };
        using (var other = new CheckpointWriter(Settings(rig), rig.Get<JournalWriter>(), rig.Get<Reads>(), rig.Get<Leases>(), rig.Clock, NullLogger<CheckpointWriter>.Instance))
        {
            await rig.SpendAsync(1m);
            written.Add(await other.WriteAsync("asked"));
        }
        await rig.SpendAsync(1m);
        written.Add(await paused.WriteAsync("asked"));
        Assert.Equal([(1L, 1L), (2L, 2L), (3L, 3L)], written.Select(one => (one!.Checkpoint.Number, one.Checkpoint.Token)));
        Assert.Equal(written[1]!.LineHash, written[2]!.Checkpoint.Previous);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig));
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task AFolderThatAnotherProcessWritesIsToldAndTriedAgain()
    {
        await using var rig = new LedgerRig();
        await rig.SpendAsync(1m);
        var writer = rig.Get<CheckpointWriter>();
        Directory.CreateDirectory(Settings(rig).Folder);
        using (new FileStream(Path.Combine(Settings(rig).Folder, "checkpoints.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Null(await writer.WriteAsync("asked"));
            Assert.Contains("Another process has been writing into", writer.Status.Failure, StringComparison.Ordinal);
        }
        Assert.NotNull(await writer.WriteAsync("asked"));
        Assert.Null(writer.Status.Failure);
    }

    /// <summary>Where no lock held the paused writer back, its line stands beside the other's: before or behind it, alone or with one that follows it, among lines of versions without tokens.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("first", 1)]
    [InlineData("first and followed", 1)]
    [InlineData("late", 1)]
    [InlineData("late and followed", 1)]
    [InlineData("first", 0)]
    [InlineData("late", 0)]
    [InlineData("first of all", 0)]
    public async Task TheLineWithTheLowerTokenDoesNotCountAndAllOthersAreCompared(string kind, long stale)
    {
        using var trail = Trail();
        var root = kind == "first of all" ? null : trail.Checkpoint(null, stale);
        List<WrittenCheckpoint> old = [], rightful = [];
        if (kind.StartsWith("first", StringComparison.Ordinal))
        {
            AddStale();
        }
        rightful.Add(Grow(root, 2));
        rightful.Add(Grow(rightful[^1], 2));
        if (kind.StartsWith("late", StringComparison.Ordinal))
        {
            AddStale();
        }
        // Whoever goes on, goes on behind the line that counts.
        Assert.Equal(rightful[^1].LineHash, new CheckpointFolder(trail.Folder).Last()!.LineHash);
        rightful.Add(Grow(rightful[^1], 3));
        rightful.Add(Grow(rightful[^1], 0));

        var book = Book(trail);
        Assert.Null(book.Bad);
        Assert.Equal(rightful.Count + (root is null ? 0 : 1), book.Count);
        Assert.Equal(old.Count, book.Notes.Count(note => note.Contains("does not count", StringComparison.Ordinal)));
        Assert.Equal(("clean", ""), await BothAsync(trail));
        trail.Chains["project-1"].RemoveAt(trail.Chains["project-1"].Count - 1);
        var (bad, also) = await BothAsync(trail);
        Assert.EndsWith("|cut", bad, StringComparison.Ordinal);
        Assert.Equal("", also);

        WrittenCheckpoint Grow(WrittenCheckpoint? follows, long token)
        {
            trail.AppendRandom("project-1");
            return trail.Checkpoint(follows, token);
        }

        void AddStale()
        {
            old.Add(Grow(root, stale));
            if (kind.EndsWith("followed", StringComparison.Ordinal))
            {
                old.Add(Grow(old[^1], stale));
            }
        }
    }

    /// <summary>An epoch names the last line that its writer saw; a line that a paused one added beside it must not make it unbelievable.</summary>
    [Fact]
    public async Task AnEpochStaysBelievableWhateverAPausedWriterAdds()
    {
        using var trail = Trail();
        var last = trail.Checkpoint(trail.Checkpoint(null, 1), 1);
        trail.AppendRandom("project-1");
        trail.Checkpoint(last, 1);
        trail.Chains["project-1"].RemoveAt(trail.Chains["project-1"].Count - 1);
        trail.BeginEpoch("A backup was restored.", trail.Chains.ToDictionary(chain => chain.Key, chain => (long)chain.Value.Count), last);
        trail.Checkpoint(last, 2);
        Assert.Equal(("clean", ""), await BothAsync(trail));
    }

    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [InlineData("forked without tokens")]
    [InlineData("unreadable")]
    [InlineData("unsigned")]
    [InlineData("missing")]
    public async Task ABadLineHidesNothingThatTheOthersTell(string kind)
    {
        using var trail = Trail();
        var first = trail.Checkpoint(null, 1);
        var second = trail.Checkpoint(first, 1);
        if (kind == "forked without tokens")
        {
            second = trail.Checkpoint(first, 1);
        }
        trail.AppendRandom("project-1");
        trail.Checkpoint(trail.Checkpoint(second, 1), 1);
        var file = CheckpointFolder.Files(trail.Folder).Single();
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllLinesAsync(file, kind switch
        {
            "unreadable" => [lines[0], "no checkpoint", .. lines[2..]],
            "unsigned" => [lines[0], lines[1].Replace("\"reason\":\"asked\"", "\"reason\":\"askee\"", StringComparison.Ordinal), .. lines[2..]],
            "missing" => [lines[0], .. lines[2..]],
            _ => lines,
        });
        var (bad, also) = await BothAsync(trail);
        Assert.EndsWith("|checkpoint_file", bad, StringComparison.Ordinal);
        Assert.Equal("", also);
        trail.Chains["project-1"].RemoveAt(trail.Chains["project-1"].Count - 1);
        (bad, also) = await BothAsync(trail);
        Assert.EndsWith("|checkpoint_file", bad, StringComparison.Ordinal);
        Assert.EndsWith("|cut", also, StringComparison.Ordinal);
    }

    /// <summary>A line that nobody signed must not take the place of one that was.</summary>
    [Fact]
    public async Task ALineWithAHigherTokenThatIsNotSignedDisplacesNothing()
    {
        using var trail = Trail();
        var first = trail.Checkpoint(null, 1);
        var second = trail.Checkpoint(first, 1);
        trail.Checkpoint(first, 9);
        var file = CheckpointFolder.Files(trail.Folder).Single();
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllLinesAsync(file, [.. lines[..2], lines[2].Replace("\"reason\":\"asked\"", "\"reason\":\"askee\"", StringComparison.Ordinal)]);
        trail.Checkpoint(second, 1);
        Assert.Equal(("3|||checkpoint_file", ""), await BothAsync(trail));
        Assert.Equal(3, Book(trail).Count);
    }

    [Fact]
    public async Task TheCommandTellsOfABadLineAndOfWhatTheOthersFind()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        var writer = rig.Get<CheckpointWriter>();
        for (var i = 0; i < 3; i++)
        {
            await rig.SpendAsync(1m);
            Assert.NotNull(await writer.WriteAsync("asked"));
        }
        var file = CheckpointFolder.Files(Settings(rig).Folder).Single();
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllLinesAsync(file, ["no checkpoint", .. lines[1..]]);
        rig.Tamper("DROP TRIGGER IF EXISTS audit_no_delete; DELETE FROM audit WHERE chain = 'chat-widget' AND sequence = (SELECT MAX(sequence) FROM audit WHERE chain = 'chat-widget')");
        var failures = (await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig))).Findings.Where(finding => finding is { Severity: FindingSeverity.Failure, Invariant: "checkpoint" }).ToList();
        Assert.Contains(failures, finding => finding.Subject == "line 1");
        Assert.Contains(failures, finding => finding.Subject.StartsWith("audit chat-widget ", StringComparison.Ordinal) && finding.Message.Contains("cut off", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static CheckpointSettings Settings(LedgerRig rig) => rig.Get<CheckpointSettings>();

    DraftTrail Trail()
    {
        var trail = new DraftTrail(new Random(7), key, Path.Combine(folder, "trail"));
        foreach (var chain in (string[])["_system", "project-1", "project-1"])
        {
            trail.AppendRandom(chain);
        }
        return trail;
    }

    CheckpointBook Book(DraftTrail trail) => CheckpointBook.Read([trail.Folder], CheckpointKey.ReadPublic(key.PublicPem));

    /// <summary>What both verifiers say, which must be the same: the first thing that is bad, and what is bad besides.</summary>
    async Task<(string Bad, string Also)> BothAsync(DraftTrail trail)
    {
        var export = Path.Combine(folder, "export.jsonl");
        var pem = Path.Combine(folder, "key.pem");
        await File.WriteAllBytesAsync(export, trail.Export());
        await File.WriteAllTextAsync(pem, key.PublicPem);
        using var verification = new ExportVerification(Book(trail));
        using var stream = File.OpenRead(export);
        var report = verification.Verify(stream);
        var (code, text) = await SecondVerifier.CommandAsync(export, "--checkpoints", trail.Folder, "--public-key", pem, "--json");
        Assert.True(code is 0 or 1, text);
        var told = System.Text.Json.JsonDocument.Parse(text).RootElement;
        Assert.Equal((Mutation.Describe(report.Bad), report.Also is null ? "" : Mutation.Describe(report.Also), report.Checkpoints),
            (Described(told, "bad") is { Length: > 0 } bad ? bad : "clean", Described(told, "also"), told.GetProperty("checkpoints").GetInt64()));
        return (Mutation.Describe(report.Bad), report.Also is null ? "" : Mutation.Describe(report.Also));
    }

    static string Described(System.Text.Json.JsonElement report, string name) => report.GetProperty(name) is { ValueKind: System.Text.Json.JsonValueKind.Object } bad
        ? string.Join('|', new[] { "line", "chain", "sequence", "code" }.Select(part => bad.TryGetProperty(part, out var value) ? value.ToString() : "")) : "";
}
