using System.Collections.Concurrent;
using Governance.Audit;
using Governance.Pricing;
using Microsoft.Extensions.Options;

namespace Governance.Ledger;

/// <summary>Where calls are kept that are let through while the ledger cannot be written (<c>Governance:FailOpen</c>).</summary>
sealed class OpenWindowSettings
{
    /// <summary>A folder of its own, best on another disk than the database; beside the database where nothing is said.</summary>
    public string? Folder { get; set; }

    /// <summary>The folder, as a whole path.</summary>
    public string PathFor(JournalSettings store) => Folder is { Length: > 0 } said ? Path.GetFullPath(said) : Path.Combine(store.Folder, "open-window");
}

/// <summary>What became of asking for a place in the open window.</summary>
/// <param name="Refused">Why not, for people; null where the call may be sent.</param>
readonly record struct WindowAdmission(string? Refused);

/// <summary>
/// Lets calls of projects that fail open through while the ledger cannot be written: within the project's allowance for the UTC day by their worst cases, each
/// durable in a local file before it is sent. As soon as the ledger works again they are written into it, once each by their ids, also after a crash.
/// </summary>
sealed partial class OpenWindow : JournalListener, IDisposable
{
    readonly SpendLedger ledger;
    readonly Journal journal;
    readonly string folder;
    readonly ILogger<OpenWindow> logger;
    readonly SemaphoreSlim door = new(1, 1);
    readonly Dictionary<CallId, WindowCall> calls = [];
    readonly AllowanceFile allowances;
    readonly List<string> files = [];
    readonly ConcurrentDictionary<string, bool> unread = new(StringComparer.Ordinal);
    List<(string Path, bool Damaged)> left = [];
    OpenWindowFile? file;

    public OpenWindow(SpendLedger ledger, Journal journal, JournalSettings store, IOptions<OpenWindowSettings> options, ILogger<OpenWindow> logger)
    {
        (this.ledger, this.journal, this.logger) = (ledger, journal, logger);
        folder = options.Value.PathFor(store);
        allowances = new AllowanceFile(Path.Combine(folder, "allowances"));
    }

    /// <summary>How many calls wait to be written into the ledger.</summary>
    public int Waiting => calls.Count;

    /// <summary>Files, or the folder, of an earlier process that could not be read: what was let through then does not count yet.</summary>
    public IReadOnlyCollection<string> Unread => [.. unread.Keys];

    /// <summary>Takes the call in, durably, where its project's allowance still covers its worst case.</summary>
    public async ValueTask<WindowAdmission> AdmitAsync(LedgerCall call, Money allowance, AuditEvent? told)
    {
        call = call with { FailOpen = true };
        await door.WaitAsync();
        try
        {
            // Taken first: a call that is then not kept is not sent, and only costs allowance.
            var (taken, before) = await allowances.TryTakeAsync(call, allowance);
            if (!taken)
            {
                return new WindowAdmission($"Project '{call.For.Project}' may spend {allowance} while that lasts, and in one UTC day altogether; {before} of it are taken by earlier calls, and this one may cost {call.Estimate}");
            }
            Write(new WindowLine { Call = call, Told = told }, durable: true);
            calls[call.Id] = new WindowCall(call, told, null, null);
            return default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFile(logger, folder, exception);
            return new WindowAdmission("Nor can the file be written that would keep the call until it can");
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>Ends a call that was taken in. In the file it need not be durable: a call whose end is not known counts with its worst case.</summary>
    public async Task EndAsync(LedgerCall call, CallResult result, AuditEvent? told)
    {
        result = result with { Flags = result.Flags | UsageFlags.FailOpen };
        await door.WaitAsync();
        try
        {
            if (calls.TryGetValue(call.Id, out var known))
            {
                calls[call.Id] = known with { Result = result, ResultTold = told };
                Write(new WindowLine { Ended = call.Id.Value, Result = result, Told = told }, durable: false);
                return;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFile(logger, folder, exception);
            return;
        }
        finally
        {
            door.Release();
        }
        // It is in the ledger already, as a hold like any other.
        ledger.Settle(call, result, told);
    }

    /// <summary>Writes what waits into the ledger, all in one transaction. Throws where the ledger still cannot be written; then everything stays as it is.</summary>
    public async Task ReplayAsync()
    {
        List<WindowCall> batch = await SnapshotAsync();
        if (batch.Count == 0)
        {
            return;
        }
        var work = new ReplayWork(ledger, batch);
        journal.Submit(work);
        var replayed = await work.Committed;
        await door.WaitAsync();
        try
        {
            foreach (var call in batch)
            {
                calls.Remove(call.Call.Id, out var now);
                if (call.Result is null && now?.Result is { } late)
                {
                    ledger.Settle(call.Call, late, now.ResultTold);
                }
            }
            if (calls.Count == 0)
            {
                Close();
            }
            LogReplayed(logger, replayed);
        }
        finally
        {
            door.Release();
        }
    }

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

    public void Dispose()
    {
        file?.Dispose();
        door.Dispose();
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
            unread[path] = true;
            LogUnread(logger, path, exception);
            return null;
        }
    }

    /// <summary>Tries once more what could not be read. Throws where the ledger cannot be written; then it is tried again.</summary>
    public async Task ReadAgainAsync()
    {
        foreach (var path in Unread)
        {
            unread.TryRemove(path, out _);
            foreach (var file in path == folder ? Try(folder, () => OpenWindowFile.LeftIn(folder)) ?? [] : File.Exists(path) ? [path] : [])
            {
                if (Try(file, () => OpenWindowFile.Read(file)) is { } reading)
                {
                    var work = new ReplayWork(ledger, [.. reading.Calls.Select(Ended)]);
                    journal.Submit(work);
                    LogLeft(logger, file, await work.Committed);
                    PutAway(file, reading.Damaged);
                }
            }
        }
    }

    /// <summary>The process is gone that would have known its end.</summary>
    static WindowCall Ended(WindowCall call) => call.Result is not null ? call : call with
    {
        Result = new CallResult { Outcome = UsageOutcome.Assumed, Cost = call.Call.Estimate, Flags = UsageFlags.Unverified | UsageFlags.FailOpen, End = "process_ended" },
    };

    async Task<List<WindowCall>> SnapshotAsync()
    {
        await door.WaitAsync();
        try
        {
            return [.. calls.Values.OrderBy(call => call.Call.Id.Value)];
        }
        finally
        {
            door.Release();
        }
    }

    /// <summary>Under the door. A write that fails may leave half a line: the next one goes into a new file.</summary>
    void Write(WindowLine line, bool durable)
    {
        if (file is null)
        {
            file = OpenWindowFile.Create(folder);
            files.Add(file.Path);
        }
        try
        {
            file.Append(line, durable);
        }
        catch
        {
            file.Dispose();
            file = null;
            throw;
        }
    }

    void Close()
    {
        file?.Dispose();
        file = null;
        foreach (var path in files)
        {
            File.Delete(path);
        }
        files.Clear();
    }

    [LoggerMessage(LogLevel.Error, "{Path} cannot be read. It may hold calls that were let through without the ledger and do not count yet; it is tried again every minute")]
    static partial void LogUnread(ILogger logger, string path, Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Path} is in the ledger and cannot be taken away; delete it")]
    static partial void LogKept(ILogger logger, string path, Exception exception);

    [LoggerMessage(LogLevel.Error, "Calls that are let through cannot be kept in {Folder}")]
    static partial void LogFile(ILogger logger, string folder, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The ledger can be written again; {Calls} calls that had been let through meanwhile are in it now")]
    static partial void LogReplayed(ILogger logger, int calls);

    [LoggerMessage(LogLevel.Warning, "{Path}: {Calls} calls that an earlier process let through without the ledger")]
    static partial void LogLeft(ILogger logger, string path, int calls);
}
