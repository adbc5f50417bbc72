using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Journal;

/// <summary>Tells a store that cannot be written from work that is wrong.</summary>
static class StoreFailure
{
    const int Busy = 5, Locked = 6, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CannotOpen = 14, Protocol = 15, NotADatabase = 26;

    /// <summary>True where the store, and not the work, is why nothing was written: unreachable, read-only, full, broken.</summary>
    public static bool Is(Exception exception) => exception is StoreUnavailableException or JournalUnavailableException or IOException
        || (exception is SqliteException { SqliteErrorCode: var code } && code is Busy or Locked or ReadOnly or Io or Corrupt or Full or CannotOpen or Protocol or NotADatabase);

    /// <summary>What went wrong, for people: of a failure that EF tells of in general terms, what the driver said.</summary>
    public static string Why(Exception exception) => Inner(exception)?.Message ?? exception.Message;

    /// <summary>For whoever wanted to save: why nothing was changed and what to do, where the store and not the work is to blame; else null.</summary>
    public static string? UnsavedBecause(Exception exception) =>
        exception is JournalFullException ? "The server is too busy to save just now. Nothing was changed; try again in a moment."
        : Is(exception) || IsAway(exception) ? $"Nothing was changed: the database cannot be written just now ({Why(exception).TrimEnd('.')}). Try again once it can."
        : null;

    /// <summary>Runs an edit; answers as <see cref="UnsavedBecause"/> does, null where it went through.</summary>
    public static async Task<string?> TryEditAsync(Func<Task> edit)
    {
        try
        {
            await edit();
            return null;
        }
        catch (Exception exception) when (UnsavedBecause(exception) is not null)
        {
            return UnsavedBecause(exception);
        }
    }

    /// <summary>True where something could not be read, for whatever reason that lies in the database.</summary>
    public static bool IsUnread(Exception exception) => Inner(exception) is not null;

    /// <summary>True where the store is not there, or takes nobody in: nothing is wrong with what was asked.</summary>
    public static bool IsAway(Exception exception) => Inner(exception) switch
    {
        PostgresException said => said.SqlState.StartsWith("08", StringComparison.Ordinal) || said.SqlState.StartsWith("57P", StringComparison.Ordinal) || said.SqlState.StartsWith("53", StringComparison.Ordinal),
        NpgsqlException => true,
        { } other => Is(other),
        null => exception is StoreUnavailableException or JournalUnavailableException,
    };

    /// <summary>What the driver said; EF wraps on PostgreSQL what it takes for transient.</summary>
    static DbException? Inner(Exception exception) => exception as DbException ?? (exception is InvalidOperationException ? exception.InnerException as DbException : null);

    /// <summary>True where work of any size fails alike, so that there is no use in trying each by itself.</summary>
    public static bool IsForAll(Exception exception) => Is(exception) && exception is not (SqliteException { SqliteErrorCode: Full } or StoreUnavailableException { InnerException: not null });
}

/// <summary>The store cannot be written just now; the message says why, for people. Nothing was written.</summary>
sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
