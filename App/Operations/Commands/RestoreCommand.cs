using System.CommandLine;
using System.Globalization;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Governance.Ledger.Fences;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Operations.Commands;

/// <summary>
/// <c>App restore</c>: proves a backup, brings it to this version's tables, fences it, and only then puts it where the database was, which is kept
/// beside it. <c>App restore --fence</c> only fences what is there, for databases that were restored by other means.
/// </summary>
static class RestoreCommand
{
    public static ExampleCommand Build(CommandContext context)
    {
        var file = new Argument<string?>("file") { Description = "The backup.", Arity = ArgumentArity.ZeroOrOne };
        var fence = new Option<bool>("--fence") { Description = "Only stop calls until acknowledged: for a database that was restored by other means (pg_restore).", Arity = ArgumentArity.Zero };
        var force = new Option<bool>("--force") { Description = "Restore a backup that is not clean.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("restore", "Put a backup in the place of the database, which is kept. Calls stay stopped until acknowledged. On SQLite the process that serves must be stopped.",
            "App restore /backups/monday.db", "App restore --fence") { file, fence, force };
        command.SetAction((parse, _) => context.WithStoreAsync(settings =>
            RunAsync(settings, new CheckpointSettings(context.Configuration, settings.Folder), parse.GetValue(file), parse.GetValue(fence), parse.GetValue(force))));
        return command;
    }

    internal static async Task<int> RunAsync(JournalSettings settings, CheckpointSettings checkpoints, string? file, bool fenceOnly, bool force)
    {
        if (fenceOnly && file is not null)
        {
            return await FailAsync(2, $"--fence restores no file: say App restore {file}, or App restore --fence for a database that is in its place already.");
        }
        try
        {
            if (fenceOnly)
            {
                using var database = Database.Take(settings);
                await FenceAsync(settings, checkpoints, "the database was put back from a backup by other means.", null);
                return Done("Calls are stopped.");
            }
            if (settings.IsShared)
            {
                return await FailAsync(2, "PostgreSQL keeps its own backups (pg_dump): use pg_restore, and then App restore --fence.");
            }
            if (file is null || !File.Exists(file))
            {
                return await FailAsync(2, file is null ? "Name the backup: App restore <file>." : $"There is no file {Path.GetFullPath(file)}.");
            }
            using var held = Database.Hold(settings);
            return await RestoreAsync(settings, checkpoints, Path.GetFullPath(file), force);
        }
        catch (DatabaseInUseException exception)
        {
            return await FailAsync(1, exception.Message);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return await FailAsync(2, $"Nothing was restored: {exception.Message}");
        }
    }

    static async Task<int> RestoreAsync(JournalSettings settings, CheckpointSettings checkpoints, string backup, bool force)
    {
        var file = settings.RealFile;
        var next = new JournalSettings($"Data Source={file}.restoring");
        DatabaseCopy.Delete(next.File);
        DatabaseCopy.Make($"Data Source={backup}", next.File);
        if (DatabaseCopy.Damage(next.File) is { } damage)
        {
            DatabaseCopy.Delete(next.File);
            return await FailAsync(1, $"{backup} is damaged: {damage}");
        }
        Database.Take(next).Dispose();
        var report = await Verification.VerifyAsync(next.ReadConnectionString, null);
        Console.WriteLine(report.Sentence);
        if (!report.IsClean && !force)
        {
            SqliteConnection.ClearAllPools();
            DatabaseCopy.Delete(next.File);
            return await FailAsync(1, "The backup is not what it should be, so nothing was restored. See App verify on it; --force restores it all the same.");
        }
        // What stands in its place now is the newer state, where it can be read: the new epoch names it.
        var known = await NewestAsync(settings) ?? new LedgerMarkFile(settings).Read();
        await FenceAsync(next, checkpoints, $"the backup {Path.GetFileName(backup)} was restored, which ends at {report.Heads.Count} chains with {report.Rows.Events} events.", known);
        SqliteConnection.ClearAllPools();
        DatabaseCopy.FoldLog(next.File);
        KeepMode(file, next.File);
        var kept = MoveAside(file);
        File.Move(next.File, file);
        DatabaseCopy.Delete(next.File);
        Console.WriteLine(kept is null ? $"{settings.File} is the backup now; there was no database before." : $"{settings.File} is the backup now; what was there is kept at {kept}.");
        return Done("It is fenced: what was spent after the backup is not in it.");
    }

    /// <summary>Who could open the database before can open it now.</summary>
    static void KeepMode(string file, string next)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(file))
        {
            File.SetUnixFileMode(next, File.GetUnixFileMode(file));
        }
    }

    /// <summary>The file with its log, under a name that says until when it was in use; null where there is none.</summary>
    static string? MoveAside(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }
        var kept = file + ".before-" + DateTime.UtcNow.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        foreach (var part in (string[])["-wal", "-shm", ""])
        {
            if (File.Exists(file + part))
            {
                File.Move(file + part, kept + part);
            }
        }
        return kept;
    }

    /// <summary>How far the present database had come; null where it cannot be read, which may be why it is exchanged.</summary>
    static async Task<LedgerMark?> NewestAsync(JournalSettings settings)
    {
        try
        {
            return File.Exists(settings.File) ? await LedgerMark.ReadAsync(new Reads(settings), TimeProvider.System) : null;
        }
        catch (SqliteException)
        {
            return null;
        }
        finally
        {
            SqliteConnection.ClearAllPools();
        }
    }

    static async Task FenceAsync(JournalSettings settings, CheckpointSettings checkpoints, string reason, LedgerMark? known)
    {
        var time = TimeProvider.System;
        await using var journal = new JournalWriter(settings, time, new Feed(time), NullLogger<JournalWriter>.Instance);
        journal.Start([]);
        await journal.ChangeAsync(change =>
        {
            FenceTable.RaiseOverCopy(change.Transaction, reason, known, new Actor(ActorKind.System, "command-line"), new CheckpointFolder(checkpoints.Folder).Last());
            change.Append(new AuditEvent
            {
                Chain = AuditEvent.SystemChain,
                Category = AuditCategory.System,
                Action = "database.restored",
                Actor = new Actor(ActorKind.System, "command-line"),
                TargetKind = "database",
                TargetId = Path.GetFileName(settings.Place),
                Sentence = $"The database was restored: {reason}",
                Details = AuditJson.Element(new { user = CommandUser.Name }),
            });
            return true;
        });
    }

    static int Done(string first)
    {
        Console.WriteLine($"""
            {first} The next start takes no calls until an owner or admin says what was spent since:
              on /dashboard/settings/integrity, or
              App acknowledge --spent-since-backup 0                           nothing
              App acknowledge --spent-since-backup <usd>                       prints each project's share by its last traffic; with --yes they count it
              App acknowledge --spent-since-backup <usd> --project <id>=<usd>  by named projects, more than once
            """);
        return 0;
    }

    static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
