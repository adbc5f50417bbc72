using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Shell.Controls;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Audit.Checkpoints;

/// <summary>Checkpoints of a real database: what they find that the database itself cannot tell.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task AnExportOfADatabaseIsCleanForBothVerifiersAndTellsItsUnprotectedTail()
    {
        await using var rig = await SpentAsync();
        var written = await WriteAsync(rig);
        await rig.SpendAsync(1m);
        var file = Export(rig);
        var report = Verify(rig, file);
        Assert.Null(report.Bad);
        Assert.Equal(1, report.Checkpoints);
        var tail = Assert.Single(report.Unprotected);
        Assert.Equal(("_ledger", written.Checkpoint.Heads["_ledger"].Sequence + 1), (tail.Chain, tail.From));
        Assert.Equal((5, 1), (report.Entries, report.Corrections));
        var (code, text) = await SecondVerifier.CommandAsync(file, "--checkpoints", Settings(rig).Folder, "--public-key", PublicKey(rig));
        Assert.True(code == 0, text);
        Assert.Contains("'chain': '_ledger', 'from': " + tail.From, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHistoryThatWasLinkedAnewIsFoundByItsCheckpointsOnly()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        Rewrite(rig, "_system", 1);
        var export = Export(rig);
        using (var alone = new ExportVerification(CheckpointBook.Empty))
        using (var stream = File.OpenRead(export))
        {
            Assert.Null(alone.Verify(stream).Bad);
        }
        Assert.Equal("checkpoint", Verify(rig, export).Bad?.Code);
        var (code, text) = await SecondVerifier.CommandAsync(export, "--checkpoints", Settings(rig).Folder, "--public-key", PublicKey(rig), "--json");
        Assert.True(code == 1 && text.Contains("\"code\": \"checkpoint\"", StringComparison.Ordinal), text);
        var findings = (await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig))).Findings;
        Assert.Contains(findings, finding => finding is { Severity: FindingSeverity.Failure, Invariant: "checkpoint" });
    }

    [Fact]
    public async Task AHistoryThatContradictsTheLastCheckpointIsNotSigned()
    {
        await using var rig = await SpentAsync();
        var before = await WriteAsync(rig);
        Rewrite(rig, "_system", 1);
        await rig.SpendAsync(1m);
        var writer = rig.Get<CheckpointWriter>();
        Assert.Null(await writer.WriteAsync("asked"));
        Assert.Contains("_system", writer.Status.Failure, StringComparison.Ordinal);
        Assert.NotNull(writer.Status.FailingSince);
        Assert.Equal(before, new CheckpointFolder(Settings(rig).Folder).Last()! with { Checkpoint = before.Checkpoint });
    }

    /// <summary>A long trail takes minutes to read, and a checkpoint is written each minute.</summary>
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task WhatIsSignedWhileADatabaseIsVerifiedIsNotMissedInIt(object store)
    {
        await using var rig = await SpentAsync((Store)store);
        await WriteAsync(rig);
        var later = 0;
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, new Sudden(() =>
        {
            if (later++ == 0)
            {
                rig.SpendAsync(1m).GetAwaiter().GetResult();
                WriteAsync(rig).GetAwaiter().GetResult();
            }
        }), Settings(rig));
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Equal(1, report.Checks.Single(check => check.Invariant == "checkpoint").Rows);
        Assert.True(later > 1);
    }

    /// <summary>Acts on the very thread that reports.</summary>
    sealed class Sudden(Action act) : IProgress<string>
    {
        public void Report(string value) => act();
    }

    /// <summary>The folders of two instances below one, as the format recommends for a verifier.</summary>
    [Fact]
    public async Task FoldersWithinTheFolderBringTheirKeys()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        var whole = new CheckpointSettings(null, rig.Folder) { Folder = Path.Combine(rig.Folder, "gathered") };
        Directory.CreateDirectory(whole.Folder);
        Directory.Move(Settings(rig).Folder, Path.Combine(whole.Folder, "one"));
        File.Delete(Settings(rig).KeyFile);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, whole);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
        Assert.Equal(1, report.Checks.Single(check => check.Invariant == "checkpoint").Rows);
    }

    /// <summary>Else whoever can put a file into the folder could switch the comparison off.</summary>
    [Fact]
    public async Task CheckpointsThatCannotBeReadAreAFailure()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        await File.WriteAllTextAsync(Path.Combine(Settings(rig).Folder, "other.pem"), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig));
        Assert.Contains("nothing was compared", Assert.Single(report.Findings, finding => finding.Severity is FindingSeverity.Failure).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExportThatIsOlderThanItsCheckpointsSaysSo()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        var export = Export(rig);
        rig.Clock.Now += TimeSpan.FromMinutes(2);
        await rig.SpendAsync(1m);
        await WriteAsync(rig);
        var bad = Verify(rig, export).Bad;
        Assert.Equal("cut", bad?.Code);
        Assert.Contains("after the export says it was made", bad?.Why, StringComparison.Ordinal);
        Assert.Null(Verify(rig, Export(rig)).Bad);
    }

    [Fact]
    public async Task ARewoundDatabaseThatBeganAnEpochReadsAsRewound()
    {
        await using var rig = await SpentAsync();
        var last = await WriteAsync(rig);
        var ledger = last.Checkpoint.Heads["_ledger"].Sequence;
        Tamper(rig, $"DELETE FROM usage WHERE batch = {ledger}; DELETE FROM corrections WHERE batch = {ledger}; DELETE FROM audit WHERE chain = '_ledger' AND sequence = {ledger}");
        Assert.Equal("cut", Verify(rig, Export(rig)).Bad?.Code);
        await using var restored = new LedgerRig(Copy(rig), now: rig.Clock.Now.AddHours(1));
        var epoch = await restored.Get<JournalWriter>().ChangeAsync(change => AuditEpochs.Begin(change.Transaction, "A backup was restored.", last));
        await restored.SpendAsync(2m);
        Assert.Equal(2, epoch.Epoch);
        var report = Verify(restored, Export(restored));
        Assert.Null(report.Bad);
        Assert.Contains(report.Notes, note => note.Contains($"_ledger was rewound from sequence {ledger} to {ledger - 1}", StringComparison.Ordinal));
        var next = await WriteAsync(restored);
        Assert.Equal((2, last.Checkpoint.Number + 1, "epoch"), (next.Checkpoint.Epoch, next.Checkpoint.Number, next.Checkpoint.Reason));
        Assert.Null(Verify(restored, Export(restored)).Bad);
        var findings = (await Verification.VerifyAsync(restored.Settings.ReadConnectionString, null, Settings(restored))).Findings;
        Assert.DoesNotContain(findings, finding => finding is { Severity: FindingSeverity.Failure, Invariant: "checkpoint" or "seal" });
        Assert.Contains(findings, finding => finding is { Severity: FindingSeverity.Note, Invariant: "checkpoint" } && finding.Message.StartsWith("Rewound", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Store.Sqlite, "unnamed")]
    [InlineData(Store.Sqlite, "earlier")]
    [InlineData(Store.Sqlite, "guessed")]
    [InlineData(Store.Sqlite, "misplaced")]
    [InlineData(Store.Postgres, "unnamed")]
    [InlineData(Store.Postgres, "guessed")]
    public async Task ARewrittenHistoryIsAFailureWhateverEpochWasForgedForIt(object store, string kind)
    {
        await using var rig = await SpentAsync((Store)store);
        var earlier = await WriteAsync(rig);
        await rig.SpendAsync(0.1m);
        var last = await WriteAsync(rig);
        Rewrite(rig, "chat-widget", 1);
        var heads = last.Checkpoint.Heads.ToDictionary(head => head.Key, head => head.Value.Sequence);
        heads["chat-widget"] = 0;
        heads["_system"] -= kind == "misplaced" ? 1 : 0;
        var named = kind switch
        {
            "unnamed" => null,
            "earlier" => Named(earlier),
            "guessed" => Named(last) with { Hash = new string('a', 64) },
            _ => Named(last),
        };
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Append(DraftTrail.Told("_system", AuditEpoch.Action, "Epoch 2 of the trail begins.", new AuditEpoch(2, "A backup was restored.", named, heads)));
            return true;
        });

        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig));
        var failure = Assert.Single(report.Findings, finding => finding is { Severity: FindingSeverity.Failure });
        Assert.Equal(("checkpoint", "chat-widget"), (failure.Invariant, failure.Subject.Split(' ')[1]));
        Assert.Contains("Epoch 2 (event ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, report.Checks.Single(check => check.Invariant == "checkpoint").Failures);
        Assert.Contains("checkpoint fails 1 times", report.Sentence, StringComparison.Ordinal);
        var export = Export(rig);
        Assert.Equal(("checkpoint", "chat-widget"), (Verify(rig, export).Bad?.Code, Verify(rig, export).Bad?.Chain));
        var (code, text) = await SecondVerifier.CommandAsync(export, "--checkpoints", Settings(rig).Folder, "--public-key", PublicKey(rig), "--json");
        Assert.True(code == 1 && text.Contains("\"code\": \"checkpoint\"", StringComparison.Ordinal), text);
        // Nor is it signed from then on.
        Assert.Null(await rig.Get<CheckpointWriter>().WriteAsync("asked"));
        Assert.Contains("Epoch 2", rig.Get<CheckpointWriter>().Status.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task AnEpochExplainsTheLostEndOfAChainAndNothingBeforeIt(object store)
    {
        await using var rig = await SpentAsync((Store)store);
        await WriteAsync(rig);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "30"));
        var last = await WriteAsync(rig);
        var lost = last.Checkpoint.Heads["chat-widget"].Sequence;
        // The end is cut off so that a checkpoint names more than there is, and what stands before it is written anew.
        Tamper(rig, $"DELETE FROM audit WHERE chain = 'chat-widget' AND sequence = {lost}");
        Rewrite(rig, "chat-widget", 1);
        var heads = last.Checkpoint.Heads.ToDictionary(head => head.Key, head => head.Value.Sequence);
        heads["chat-widget"] = lost - 1;
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Append(DraftTrail.Told("_system", AuditEpoch.Action, "Epoch 2 of the trail begins.", new AuditEpoch(2, "A backup was restored.", Named(last), heads)));
            return true;
        });
        var findings = (await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, Settings(rig))).Findings;
        Assert.Contains(findings, finding => finding.Invariant == "checkpoint" && finding.Severity is FindingSeverity.Note && finding.Message.StartsWith($"Rewound from sequence {lost} to {lost - 1}", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Invariant == "checkpoint" && finding.Severity is FindingSeverity.Failure && finding.Subject.StartsWith("audit chat-widget ", StringComparison.Ordinal));
        Assert.Equal(("checkpoint", "chat-widget"), (Verify(rig, Export(rig)).Bad?.Code, Verify(rig, Export(rig)).Bad?.Chain));
    }

    [Fact]
    public async Task ABackupThatWasTakenWhileAFenceStoodReadsAsRewoundToo()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        await rig.Get<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System, new CheckpointFolder(Settings(rig).Folder).Last()));
        var folder = Copy(rig);
        await LiftAsync(rig);
        await rig.SpendAsync(1m);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "30"));
        await rig.Get<VerificationRuns>().RunAsync(Actor.System);
        await WriteAsync(rig);
        await rig.Get<LedgerMarkKeeper>().KeepAsync();
        foreach (var part in Directory.EnumerateFiles(rig.Folder, "*.mark").Concat(CheckpointFolder.Files(Settings(rig).Folder)))
        {
            File.Copy(part, Path.Combine(folder, Path.GetRelativePath(rig.Folder, part)), overwrite: true);
        }

        for (var start = 0; start < 2; start++)
        {
            await using var restored = new LedgerRig(folder, now: rig.Clock.Now.AddHours(1 + start));
            Assert.Equal([2, 3], restored.Events(AuditEpoch.Action).Select(row => AuditEpochs.Read(row.Body)!.Epoch));
            await restored.Get<VerificationRuns>().RunAsync(Actor.System);
            if (start == 1)
            {
                Assert.Contains("epoch 3", await LiftAsync(restored), StringComparison.Ordinal);
                await restored.SpendAsync(2m);
            }
            var findings = (await Verification.VerifyAsync(restored.Settings.ReadConnectionString, null, Settings(restored))).Findings;
            Assert.DoesNotContain(findings, finding => finding.Severity is FindingSeverity.Failure);
            Assert.Contains(findings, finding => finding.Invariant == "checkpoint" && finding.Message.StartsWith("Rewound", StringComparison.Ordinal));
            Assert.Null(Verify(restored, Export(restored)).Bad);
            Assert.Equal(3, (await WriteAsync(restored)).Checkpoint.Epoch);
        }
    }

    [Fact]
    public async Task AnEpochThatBeginsWhenAFenceIsLiftedNamesTheLastCheckpointToo()
    {
        await using var rig = await SpentAsync();
        await rig.Get<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));
        var last = await WriteAsync(rig);
        rig.Get<LedgerMarkFile>().Write(new LedgerMark(5, 1, "", rig.Clock.Now));
        Assert.Contains("epoch 6", await LiftAsync(rig), StringComparison.Ordinal);
        var begun = AuditEpochs.Read(rig.Events(AuditEpoch.Action)[^1].Body)!;
        Assert.Equal(6, begun.Epoch);
        Assert.True(begun.Follows(last.Checkpoint.Number, last.LineHash));
    }

    [Fact]
    public async Task ALostKeyBeginsAnotherOneWithAnEventAndBothProveTheirPart()
    {
        await using var rig = await SpentAsync();
        var first = await WriteAsync(rig);
        File.Delete(Settings(rig).KeyFile);
        using (var again = Writer(rig))
        {
            var second = await again.WriteAsync("start");
            Assert.Equal("new_key", second?.Checkpoint.Reason);
            Assert.Equal(first.LineHash, second?.Checkpoint.Previous);
            Assert.Equal([first.Checkpoint.Key, second?.Checkpoint.Key], rig.Events("audit.key_taken").Select(row => row.TargetId));
        }
        Assert.Null(Verify(rig, Export(rig)).Bad);
        var one = CheckpointBook.Read([Settings(rig).Folder], CheckpointKey.ReadPublic(await File.ReadAllTextAsync(PublicKey(rig))));
        Assert.Equal("checkpoint_file", one.Bad?.Code);
    }

    [Fact]
    public async Task TheKeyIsForItsOwnerOnly()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Settings(rig).KeyFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task ACheckpointThatCannotBeWrittenStopsNothingAndIsTold()
    {
        await using var rig = await SpentAsync();
        await File.WriteAllTextAsync(Settings(rig).Folder, "A file where the folder should be.");
        var writer = rig.Get<CheckpointWriter>();
        Assert.Null(await writer.WriteAsync("asked"));
        Assert.NotNull(writer.Status.Failure);
        await rig.SpendAsync(1m);
        File.Delete(Settings(rig).Folder);
        Assert.NotNull(await writer.WriteAsync("asked"));
        Assert.Null(writer.Status.Failure);
    }

    [Fact]
    public async Task WhatACrashLeftHalfWrittenIsCutOffByTheNextCheckpoint()
    {
        await using var rig = await SpentAsync();
        await WriteAsync(rig);
        var file = CheckpointFolder.Files(Settings(rig).Folder).Single();
        await File.AppendAllTextAsync(file, "c2lnbmF0dXJl {\"format\":\"gov");
        await rig.SpendAsync(1m);
        using var again = Writer(rig);
        Assert.Equal(2, (await again.WriteAsync("start"))?.Checkpoint.Number);
        Assert.Null(Verify(rig, Export(rig)).Bad);
        Assert.Equal(2, (await File.ReadAllLinesAsync(file)).Length);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task EveryChangeOfACheckpointFileIsFoundByBothVerifiers()
    {
        await using var rig = await SpentAsync();
        for (var i = 0; i < 3; i++)
        {
            await WriteAsync(rig);
            await rig.SpendAsync(0.1m);
        }
        var export = Export(rig);
        var file = CheckpointFolder.Files(Settings(rig).Folder).Single();
        var text = await File.ReadAllBytesAsync(file);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 12; i++)
        {
            // The end of the last line is left: without it the line is one that a crash left half written.
            var changed = text.ToArray();
            changed[random.Next(text.Length - 1)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, changed);
            var bad = Verify(rig, export).Bad;
            var (code, other) = await SecondVerifier.CommandAsync(export, "--checkpoints", Settings(rig).Folder, "--public-key", PublicKey(rig), "--json");
            Assert.True(bad is { Code: "checkpoint_file" } && code == 1 && other.Contains($"\"line\": {bad.Line},", StringComparison.Ordinal), $"{bad} {other} (seed {seed})");
        }
    }

    [Fact]
    public async Task APartOfTheTrailIsProvenWithItsSeals()
    {
        await using var rig = await SpentAsync();
        var written = await WriteAsync(rig);
        var whole = written.Checkpoint.Heads["_ledger"].Sequence;
        var report = Verify(rig, Export(rig, new ExportRange("_ledger", From: 2)));
        Assert.Null(report.Bad);
        Assert.Equal((whole - 1, "chain _ledger, from 2"), (report.Events, report.Part));
        Assert.InRange(report.Entries, 1, 3);
        Assert.Empty(report.Unprotected);
        Assert.Equal(0, Verify(rig, Export(rig, new ExportRange(Before: rig.Clock.Now.AddDays(-1)))).Events);
    }

    static async Task<LedgerRig> SpentAsync(Store store = Store.Sqlite)
    {
        var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        for (var i = 1; i <= 3; i++)
        {
            await rig.SpendAsync(i);
        }
        await rig.CorrectAsync(0.5m);
        return rig;
    }

    static CheckpointSettings Settings(LedgerRig rig) => rig.Get<CheckpointSettings>();

    static async Task<WrittenCheckpoint> WriteAsync(LedgerRig rig)
    {
        var writer = rig.Get<CheckpointWriter>();
        return await writer.WriteAsync("asked") ?? throw new InvalidOperationException(writer.Status.Failure);
    }

    /// <summary>As a process that starts anew.</summary>
    static CheckpointWriter Writer(LedgerRig rig) =>
        new(Settings(rig), rig.Get<JournalWriter>(), rig.Get<Reads>(), rig.Get<Leases>(), rig.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<CheckpointWriter>.Instance);

    static string PublicKey(LedgerRig rig) => Directory.EnumerateFiles(Settings(rig).Folder, "*.pem").OrderBy(File.GetCreationTimeUtc).First();

    static string Export(LedgerRig rig, ExportRange? range = null)
    {
        var file = Path.Combine(rig.Folder, "export.jsonl");
        using var snapshot = new LedgerSnapshot(rig.Settings.ReadConnectionString);
        using var stream = File.Create(file);
        new AuditExport(snapshot, range ?? new ExportRange()).Write(stream, rig.Clock.Now);
        return file;
    }

    static ExportReport Verify(LedgerRig rig, string export)
    {
        var keys = Directory.EnumerateFiles(Settings(rig).Folder, "*.pem").SelectMany(file => CheckpointKey.ReadPublic(File.ReadAllText(file))).ToDictionary();
        using var verification = new ExportVerification(CheckpointBook.Read([Settings(rig).Folder], keys));
        using var stream = File.OpenRead(export);
        return verification.Verify(stream);
    }

    static EpochCheckpoint Named(WrittenCheckpoint written) =>
        new(written.Checkpoint.Number, written.Checkpoint.Epoch, written.Checkpoint.AtMilliseconds, written.Checkpoint.AuditId, written.LineHash);

    static async Task<string> LiftAsync(LedgerRig rig) =>
        await rig.Get<FenceLifting>().LiftAsync([], "acme", Actor.System, () => rig.Call(1m).Id) ?? throw new InvalidOperationException("No fence stood.");

    static bool IsPostgres(LedgerRig rig) => ConnectionForm.Postgres(rig.Settings.ReadConnectionString) is not null;

    static void Tamper(LedgerRig rig, string sql) => rig.Tamper((IsPostgres(rig)
        ? "ALTER TABLE audit DISABLE TRIGGER ALL; ALTER TABLE usage DISABLE TRIGGER ALL; ALTER TABLE corrections DISABLE TRIGGER ALL; "
        : "DROP TRIGGER IF EXISTS audit_no_update; DROP TRIGGER IF EXISTS audit_no_delete; DROP TRIGGER IF EXISTS usage_no_delete; DROP TRIGGER IF EXISTS corrections_no_delete; ") + sql);

    /// <summary>Changes an event and links its chain anew, as a forger with the database in hand would.</summary>
    static void Rewrite(LedgerRig rig, string chain, long sequence)
    {
        string Bytes(byte[] bytes) => IsPostgres(rig) ? $"decode('{Convert.ToHexString(bytes)}', 'hex')" : $"x'{Convert.ToHexString(bytes)}'";
        using var db = rig.Get<Reads>().Open();
        var previous = new byte[32];
        foreach (var row in db.Audit.Where(row => row.Chain == chain).OrderBy(row => row.Sequence).ToList())
        {
            var (body, not) = row.Sequence == sequence ? (DraftTrail.Edit(row.Body, "\"sentence\":\"", "\"sentence\":\"Not "), "Not ") : (row.Body, "");
            previous = AuditChain.Link(chain, row.Sequence, previous, body);
            Tamper(rig, $"UPDATE audit SET body = {Bytes(body)}, hash = {Bytes(previous)}, sentence = '{not}' || sentence WHERE id = {row.Id}");
        }
    }

    /// <summary>The database and what lies beside it, in another folder, as after a restore.</summary>
    static string Copy(LedgerRig rig)
    {
        var folder = Directory.CreateDirectory(Path.Combine(rig.Folder, "restored")).FullName;
        LedgerRig.Execute(rig.Settings.ReadConnectionString, $"VACUUM INTO '{Path.Combine(folder, "governance.db")}'");
        foreach (var part in new[] { "checkpoints", "keys" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(rig.Folder, part)))
            {
                File.Copy(file, Path.Combine(folder, part, Path.GetFileName(file)));
            }
        }
        return folder;
    }
}
