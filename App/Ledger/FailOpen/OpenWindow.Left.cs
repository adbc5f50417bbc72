using System.Collections.Concurrent;
using Governance.Journal;

namespace Governance.Ledger.FailOpen;

/// <content>What earlier processes left: calls that they let through and could not write into the ledger any more.</content>
sealed partial class OpenWindow
{
    readonly ConcurrentDictionary<string, bool> unread = new(StringComparer.Ordinal);
    List<(string Path, bool Damaged)> left = [];

    /// <summary>Files, or the folder, of an earlier process that could not be read: what was let through then does not count yet.</summary>
    public IReadOnlyCollection<string> Unread => [.. unread.Keys];

    /// <summary>What an earlier process let through and could not write any more, before anything new is admitted. Behind the recovery of holds, because these are none.</summary>
    public override void Start(Change change)
    {
        left = [];
        foreach (var path in Try(folder, () => OpenWindowFile.LeftIn(folder)) ?? [])
        {
            // One that cannot be read stays for a start that can, and keeps back neither the others nor this start.
            if (Try(path, () => OpenWindowFile.Read(path)) is not { } reading)
            {
                continue;
            }
            left.Add((path, reading.Damaged));
            ReplayWork.Write(ledger, change.Transaction, [.. reading.Calls.Select(Ended)]);
            LogLeft(logger, path, reading.Calls.Count);
        }
    }

    /// <summary>Only what is committed may go from the folder; a damaged file is kept for people to look at.</summary>
    public override void AfterCommit()
    {
        if (left.Count == 0)
        {
            return;
        }
        foreach (var (path, damaged) in left)
        {
            PutAway(path, damaged);
        }
        left = [];
    }

    /// <summary>One that cannot be taken away is read again by the next start, which finds its calls in the ledger.</summary>
    void PutAway(string path, bool damaged)
    {
        try
        {
            if (damaged)
            {
                File.Move(path, path + ".damaged", overwrite: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogKept(logger, path, exception);
        }
    }

    /// <summary>Null where the file or the folder does not let it; the log says so.</summary>
    T? Try<T>(string path, Func<T> act)
        where T : class
    {
        try
        {
            return act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (exception is not FileNotFoundException)
            {
                unread[path] = true;
                LogUnread(logger, path, exception);
            }
            return null;
        }
    }

    /// <summary>Tries once more what could not be read. Throws where the ledger cannot be written; then it is tried again.</summary>
    public async Task ReadAgainAsync()
    {
        foreach (var path in Unread)
        {
            unread.TryRemove(path, out _);
            foreach (var file in path == folder ? Try(folder, () => OpenWindowFile.LeftIn(folder)) ?? [] : [path])
            {
                if (Try(file, () => OpenWindowFile.Read(file)) is not { } reading)
                {
                    continue;
                }
                // Until it is written it stays among those that are not.
                unread[file] = true;
                LogLeft(logger, file, await WriteAsync([.. reading.Calls.Select(Ended)]));
                unread.TryRemove(file, out _);
                PutAway(file, reading.Damaged);
            }
        }
    }

    /// <summary>The process is gone that would have known its end.</summary>
    static WindowCall Ended(WindowCall call) => call.Result is not null ? call : call with
    {
        Result = new CallResult { Outcome = UsageOutcome.Assumed, Cost = call.Call.Estimate, Flags = UsageFlags.Unverified | UsageFlags.FailOpen, End = "process_ended" },
    };

    [LoggerMessage(LogLevel.Error, "{Path} cannot be read. It may hold calls that were let through without the ledger and do not count yet; it is tried again every minute")]
    static partial void LogUnread(ILogger logger, string path, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Path} is in the ledger and cannot be taken away; delete it")]
    static partial void LogKept(ILogger logger, string path, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Path}: {Calls} calls that an earlier process let through without the ledger")]
    static partial void LogLeft(ILogger logger, string path, int calls);
}
