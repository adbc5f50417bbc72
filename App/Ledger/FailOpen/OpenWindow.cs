using Governance.Audit;
using Governance.Journal;
using Governance.Ledger.Entries;
using Microsoft.Extensions.Options;

namespace Governance.Ledger.FailOpen;

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
    readonly JournalWriter journal;
    readonly string folder;
    readonly ILogger<OpenWindow> logger;
    readonly SemaphoreSlim door = new(1, 1);
    readonly Dictionary<CallId, WindowCall> calls = [];
    readonly AllowanceFile allowances;
    readonly List<string> files = [];
    OpenWindowFile? file;

    public override JournalPhase Phase => JournalPhase.Replay;

    public OpenWindow(SpendLedger ledger, JournalWriter journal, JournalSettings store, IOptions<OpenWindowSettings> options, ILogger<OpenWindow> logger)
    {
        (this.ledger, this.journal, this.logger) = (ledger, journal, logger);
        folder = options.Value.PathFor(store);
        allowances = new AllowanceFile(Path.Combine(folder, "allowances"));
    }

    /// <summary>How many calls wait to be written into the ledger.</summary>
    public int Waiting => calls.Count;

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
        var replayed = await WriteAsync(batch);
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

    public void Dispose()
    {
        file?.Dispose();
        door.Dispose();
    }

    async Task<int> WriteAsync(IReadOnlyList<WindowCall> some)
    {
        var work = new ReplayWork(ledger, some);
        journal.Submit(work);
        return await work.Committed;
    }

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

    [LoggerMessage(LogLevel.Error, "Calls that are let through cannot be kept in {Folder}")]
    static partial void LogFile(ILogger logger, string folder, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The ledger can be written again; {Calls} calls that had been let through meanwhile are in it now")]
    static partial void LogReplayed(ILogger logger, int calls);
}
