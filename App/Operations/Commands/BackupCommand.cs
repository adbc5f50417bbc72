using System.CommandLine;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Microsoft.Data.Sqlite;

namespace Governance.Operations.Commands;

/// <summary><c>App backup</c>: a copy of the database in one consistent view, beside a process that uses it, proven before it gets its name.</summary>
static class BackupCommand
{
    public static ExampleCommand Build(CommandContext context)
    {
        var file = new Argument<string?>("file") { Description = "The file to write.", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("backup", "Copy the database, also while it is in use, and prove the copy.", "App backup /backups/monday.db") { file, force };
        command.SetAction((parse, _) => context.WithStoreAsync(settings => RunAsync(settings, parse.GetValue(file), parse.GetValue(force))));
        return command;
    }

    static async Task<int> RunAsync(JournalSettings settings, string? file, bool force)
    {
        if (settings.IsShared)
        {
            return await FailAsync(2, "PostgreSQL keeps its own backups: use pg_dump.");
        }
        if (file is null)
        {
            return await FailAsync(2, "Name the file to write: App backup <file>.");
        }
        var target = Path.GetFullPath(file);
        if (!File.Exists(settings.File))
        {
            return await FailAsync(2, $"There is no database at {settings.File}.");
        }
        // By whatever name: a copy that is moved over the database would take its place while it is in use.
        if (RealPath.Of(target) == settings.RealFile || (FileIdentity.Of(target) is { } there && there == FileIdentity.Of(settings.File)))
        {
            return await FailAsync(2, "A backup needs a file of its own.");
        }
        if (OpenedFiles.Unreadable(settings) is { } unreadable)
        {
            return await FailAsync(2, unreadable);
        }
        if (File.Exists(target) && !force)
        {
            return await FailAsync(1, $"{target} is there already. Choose another name, or say --force to write over it.");
        }
        var partial = target + ".partial";
        try
        {
            OwnerOnly.CreateFolder(Path.GetDirectoryName(target)!);
            DatabaseCopy.Delete(partial);
            var (damage, report) = await Screen.Errors.WithProgressAsync<(string?, VerificationReport?)>("Copying the database", async progress =>
            {
                DatabaseCopy.Make(settings.ReadConnectionString, partial);
                progress.Report("Proving the copy");
                return DatabaseCopy.Damage(partial) is { } found ? (found, null) : (null, await Verification.VerifyAsync($"Data Source={partial}", null));
            });
            if (report is null)
            {
                DatabaseCopy.Delete(partial);
                return await FailAsync(1, $"The copy is damaged, so it was not kept: {damage}");
            }
            File.Move(partial, target, overwrite: true);
            Console.WriteLine($"Backed up {settings.File} to {target} ({new FileInfo(target).Length / 1024:N0} KiB, integrity_check ok).");
            await CommandNotes.TellAsync(settings, CommandNotes.BackedUp, target);
            Console.WriteLine(report.Sentence);
            Console.WriteLine($"Keep it on another machine, and with it from {settings.Folder} the folders keyring/, which opens what is stored encrypted, and keys/ and checkpoints/, which prove the trail (where Governance:Audit:Checkpoints names other places, those).");
            return report.IsClean ? 0 : await FailAsync(1, "The copy is complete, but so is what is wrong with the database: run App verify.");
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(2, $"No backup was made: {exception.Message}");
        }
    }

    static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}

/// <summary>Copies of a database file.</summary>
static class DatabaseCopy
{
    /// <summary>Copies in one consistent view (SQLite's online backup) into one file that needs no log beside it, on the disk before this returns.</summary>
    public static void Make(string from, string file)
    {
        OwnerOnly.Open(file, FileMode.CreateNew, FileAccess.Write, FileShare.None).Dispose();
        using (var source = new SqliteConnection(new SqliteConnectionStringBuilder(from) { Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()))
        using (var copy = new SqliteConnection(Writing(file)))
        {
            source.Open();
            copy.Open();
            source.BackupDatabase(copy);
            Execute(copy, "PRAGMA journal_mode=DELETE");
        }
        using var written = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }

    /// <summary>What SQLite finds wrong with the file's pages; null where nothing is.</summary>
    public static string? Damage(string file)
    {
        using var connection = new SqliteConnection(Writing(file));
        connection.Open();
        return Execute(connection, "PRAGMA integrity_check") is var found && found == "ok" ? null : found;
    }

    /// <summary>Moves what the log holds into the file, so that the file is all there is.</summary>
    public static void FoldLog(string file)
    {
        using var connection = new SqliteConnection(Writing(file));
        connection.Open();
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        Execute(connection, "PRAGMA journal_mode=DELETE");
    }

    /// <summary>Removes the file and what SQLite lays beside it.</summary>
    public static void Delete(string file)
    {
        foreach (var part in (string[])["", "-wal", "-shm", "-journal", ".lock", ".opened"])
        {
            File.Delete(file + part);
        }
    }

    static string Writing(string file) => new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 5 }.ToString();

    static string? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }
}
