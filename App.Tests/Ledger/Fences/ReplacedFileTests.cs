using Governance.Audit;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Ledger.Fences;

/// <summary>A file that is put in the place of the open database, or of its log: noticed before anything is written, and nothing is damaged.</summary>
public sealed class ReplacedFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("governance-replaced-").FullName;

    string Backup => Path.Combine(folder, "backup.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task AFileInTheDatabasesPlaceIsNoticedAndNothingOfTheTwoIsMixed()
    {
        await using (var rig = new LedgerRig(folder))
        {
            await SpendAndCopyAsync(rig);
            var copied = await File.ReadAllBytesAsync(Backup);
            File.Move(Backup, rig.Settings.File, overwrite: true);
            Assert.True(new FileInfo(rig.Settings.File + "-wal").Length > 0, "the log is empty, so that this shows nothing");

            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.HoldAsync(rig.Call(1m)));
            Assert.Contains("another file was put in the place of the database", refused.Message, StringComparison.Ordinal);
            await AssertRefusedAsync(rig, "App restore");
            Assert.Equal(copied, await File.ReadAllBytesAsync(rig.Settings.File));
        }
        await using var again = new LedgerRig(folder, now: new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero));
        Assert.Equal("ok", Integrity(again));
        Assert.Equal(2, Entries(again));
        Assert.Single(Directory.GetFiles(folder, "governance.db.replaced-*-wal"));
        await again.SpendAsync(1m);
        Assert.Equal(3, Entries(again));
    }

    /// <summary>The former file may still be there under another name, and come back.</summary>
    [Fact]
    public async Task TheFormerFileInItsPlaceLetsEverythingGoOn()
    {
        await using var rig = new LedgerRig(folder);
        await SpendAndCopyAsync(rig);
        File.Move(rig.Settings.File, rig.Settings.File + ".aside");
        File.Copy(Backup, rig.Settings.File);
        await rig.Get<StoreWatch>().LookAsync();
        await AssertRefusedAsync(rig, "App restore");
        File.Move(rig.Settings.File + ".aside", rig.Settings.File, overwrite: true);
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Null(rig.Get<StoreWatch>().Trouble);
        await rig.SpendAsync(1m);
        Assert.Equal((4, "ok"), (Entries(rig), Integrity(rig)));
    }

    /// <summary>Killed before it could notice: the next start has only what the former process wrote down.</summary>
    [Fact]
    public async Task ALogThatWasLeftByAnotherDatabaseIsNotReadWithThisOne()
    {
        string record;
        await using (var rig = new LedgerRig(folder))
        {
            await SpendAndCopyAsync(rig);
            record = await File.ReadAllTextAsync(rig.Settings.File + ".opened");
            foreach (var part in (string[])["-wal", "-shm"])
            {
                // A second name, which stays when the orderly end of this process removes the first.
                Assert.Equal(0, await ExternalAsync("ln", rig.Settings.File + part, Path.Combine(folder, "kept" + part)));
            }
        }
        var file = Path.Combine(folder, "governance.db");
        File.Move(Path.Combine(folder, "kept-wal"), file + "-wal");
        File.Move(Path.Combine(folder, "kept-shm"), file + "-shm");
        await File.WriteAllTextAsync(file + ".opened", record);
        File.Move(Backup, file, overwrite: true);
        var settings = new JournalSettings($"Data Source={file}");
        Assert.Contains("App restore", OpenedFiles.Unreadable(settings), StringComparison.Ordinal);
        await using var again = new LedgerRig(folder);
        Assert.Null(OpenedFiles.Unreadable(settings));
        Assert.Equal((2, "ok"), (Entries(again), Integrity(again)));
        Assert.Single(Directory.GetFiles(folder, "governance.db.replaced-*-wal"));
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    public async Task ALogThatIsTakenAwayIsNoticedAndAnOrderlyEndSavesWhatItHeld(string part)
    {
        await using (var rig = new LedgerRig(folder))
        {
            await SpendAndCopyAsync(rig);
            File.Delete(rig.Settings.File + part);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.HoldAsync(rig.Call(1m)));
            await AssertRefusedAsync(rig, part + ", which belongs to the database, was removed");
        }
        await using var again = new LedgerRig(folder);
        Assert.Equal((3, "ok"), (Entries(again), Integrity(again)));
    }

    /// <summary>The connection of the sign-in tables would make an empty database at the old place, which looks as if all were well again.</summary>
    [Fact]
    public async Task NobodyMakesAnEmptyDatabaseInThePlaceOfOneThatIsGone()
    {
        await using var rig = new LedgerRig(folder);
        await SpendAndCopyAsync(rig);
        File.Move(rig.Settings.File, rig.Settings.File + ".aside");
        using var scope = rig.Host.Services.CreateScope();
        Assert.Throws<StoreUnavailableException>(() => scope.ServiceProvider.GetRequiredService<GovernanceDb>().Database.ExecuteSqlRaw("SELECT 1"));
        Assert.False(File.Exists(rig.Settings.File));
        File.Move(rig.Settings.File + ".aside", rig.Settings.File);
        await rig.SpendAsync(1m);
    }

    async Task SpendAndCopyAsync(LedgerRig rig)
    {
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(1m);
        await rig.SpendAsync(1m);
        LedgerRig.Execute(rig.Settings.ReadConnectionString, $"VACUUM INTO '{Backup}'");
        await rig.SpendAsync(1m);
    }

    static async Task AssertRefusedAsync(LedgerRig rig, string says)
    {
        await rig.Get<StoreWatch>().LookAsync();
        Assert.Contains(says, rig.Get<StoreWatch>().Trouble, StringComparison.Ordinal);
        // Nothing may open the files either.
        using var db = rig.Get<Reads>().Open();
        Assert.Throws<StoreUnavailableException>(() => db.Usage.Count());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.SaveAsync(LedgerRig.Budget("chat-month", "60")));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Get<VerificationRuns>().RunAsync(Actor.System));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => rig.Get<Reconciliation>().RunAsync(Actor.System));
    }

    static int Entries(LedgerRig rig)
    {
        using var db = rig.Get<Reads>().Open();
        return db.Usage.Count();
    }

    static string? Integrity(LedgerRig rig)
    {
        using var connection = new SqliteConnection(rig.Settings.ReadConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return command.ExecuteScalar() as string;
    }

    static async Task<int> ExternalAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
