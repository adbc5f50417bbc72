using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Governance.Journal.Sqlite;

/// <summary>
/// The database file and its log as this process has them open, and whether they still stand at their paths. SQLite finds the log by its name:
/// a file that was put in the place of the database would be read and written together with the log of the other one, and be damaged by it.
/// </summary>
sealed class OpenedFiles(JournalSettings settings)
{
    const string Log = "-wal", Index = "-shm", Record = ".opened";

    volatile Part[]? opened;

    /// <summary>Called once SQLite has all of them open. Writes down which they are, for the next start.</summary>
    public void Remember()
    {
        var file = settings.RealFile;
        opened = [.. new[] { settings.File, file + Log, file + Index }.Select(path => FileIdentity.Of(path) is { } identity ? new Part(path, identity) : null).OfType<Part>()];
        if (opened is [var database, var log, ..] && log.Path == file + Log)
        {
            Try(() => OwnerOnly.WriteAllText(file + Record, $"{database.Identity} {log.Identity}\n"));
        }
    }

    /// <summary>Called once SQLite has closed them.</summary>
    public void Forget()
    {
        if (opened is not null && Problem() is null or { LeavesLog: false })
        {
            Try(() => File.Delete(settings.RealFile + Record));
        }
        opened = null;
    }

    /// <summary>Why nothing may be read or written any more and what to do, for people; null while all is well.</summary>
    public string? Trouble => Problem()?.Sentence;

    /// <summary>True where the database is still in its place and its log is not: what the log holds would be lost with this process.</summary>
    public bool HasLostLog => Problem() is { LeavesLog: false };

    /// <summary>Throws <see cref="StoreUnavailableException"/> where something else stands there.</summary>
    public void Check()
    {
        if (Trouble is { } trouble)
        {
            throw new StoreUnavailableException(trouble);
        }
    }

    /// <summary>
    /// Before SQLite opens the file: a log that a process left which had another database file open, before somebody put this one in its place, is moved away.
    /// Read together with this file it would damage it.
    /// </summary>
    /// <param name="file">Without symbolic links, held by this process.</param>
    public static void SetForeignLogAside(string file)
    {
        if (IsLogForeign(file))
        {
            var kept = file + ".replaced-" + DateTime.UtcNow.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
            foreach (var part in (string[])[Log, Index])
            {
                if (File.Exists(file + part))
                {
                    File.Move(file + part, kept + part, overwrite: true);
                }
            }
            Console.Error.WriteLine($"{file} was put in the place of another database while that one was in use. The log beside it belongs to the other one and is kept as {kept + Log}; nothing of it is in this database.");
        }
        // What is said of the files of an earlier process must not be taken for this one's.
        File.Delete(file + Record);
    }

    /// <summary>Why the file must not be read before the next start, or a restore, has put things right; null where it may.</summary>
    public static string? Unreadable(JournalSettings settings) => !settings.IsShared && settings.RealFile is var file && IsLogForeign(file)
        ? $"{file} was put in the place of another database while that one was in use, and the log of the other one still lies beside it: read together they are neither. Stop the process that uses it; App restore with a backup, or the next start, puts that right."
        : null;

    /// <summary>True where the log is the one that was written down, and the database is not.</summary>
    static bool IsLogForeign(string file)
    {
        try
        {
            return File.Exists(file + Record) && File.ReadAllText(file + Record).Trim().Split(' ') is [var database, var log]
                && FileIdentity.Parse(log) is { } logThen && FileIdentity.Of(file + Log) == logThen
                && FileIdentity.Of(file) is { } now && FileIdentity.Parse(database) is { } then && now != then;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    Fault? Problem()
    {
        if (opened is not { } parts)
        {
            return null;
        }
        foreach (var part in parts)
        {
            var now = FileIdentity.Of(part.Path);
            if (now != part.Identity)
            {
                return part.Path != settings.File ? new Fault($"{part.Path}, which belongs to the database, was {(now is null ? "removed" : "exchanged")} while it is in use; stop this process in good order and start it again, so that the database has everything", false)
                    : now is null ? Gone()
                    : new Fault($"another file was put in the place of the database {settings.File} while this process has that one open, so nothing is read or written any more; stop this process and put a backup in place with App restore, or put the former file back", true);
            }
        }
        return !FileIdentity.IsKnown && !File.Exists(settings.File) ? Gone() : null;
    }

    Fault Gone() => new($"the database file {settings.File} is not there any more", true);

    /// <summary>What is written down helps the next start only; this one goes on without it.</summary>
    static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As if it had never been written.
        }
    }

    sealed record Part(string Path, FileIdentity Identity);

    /// <param name="LeavesLog">Whether SQLite leaves the log behind when it closes the files.</param>
    sealed record Fault(string Sentence, bool LeavesLog);
}

/// <summary>Looks before any connection is opened: one that opens a file which was put in the database's place would open the log of the other one with it.</summary>
sealed class OpenedFilesCheck(OpenedFiles files) : DbConnectionInterceptor
{
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        files.Check();
        return result;
    }

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        files.Check();
        return ValueTask.FromResult(result);
    }
}
