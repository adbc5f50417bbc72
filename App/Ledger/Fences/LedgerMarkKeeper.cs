using System.Threading.Channels;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Ledger.Fences;

/// <summary>Keeps the mark near the newest event: some seconds behind commits, and once more when the process stops.</summary>
sealed partial class LedgerMarkKeeper(LedgerMarkFile file, FenceShelf fences, JournalWriter journal, Reads reads, Feed feed, TimeProvider time, ILogger<LedgerMarkKeeper> logger) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Writes where the ledger now is. A mark that says more than the ledger stays: the database went back, the mark proves it, and calls are stopped.</summary>
    public async Task KeepAsync()
    {
        // One at a time: who read first must not write last, nor two into one file.
        await one.WaitAsync();
        try
        {
            await WriteAsync();
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>As <see cref="KeepAsync"/>; a failure is logged, for what was committed before stands all the same, and the next commit tries again.</summary>
    public async Task TryKeepAsync()
    {
        try
        {
            await KeepAsync();
        }
        catch (Exception exception)
        {
            LogFailed(logger, file.Path, exception);
        }
    }

    public override void Dispose()
    {
        one.Dispose();
        base.Dispose();
    }

    async Task WriteAsync()
    {
        // Before the ledger is: what another instance has marked by then is committed, and read.
        var before = file.Read();
        await using var db = reads.Open();
        // While a fence stands the mark stays: it is what the fence is about.
        if (await db.Fences.AnyAsync(fence => fence.LiftedMilliseconds == null)
            || await LedgerMark.ReadAsync(reads, time) is not { } mark)
        {
            return;
        }
        if (before is not null)
        {
            if (before.EventId == mark.EventId && before.Epoch == mark.Epoch && before.EventHash == mark.EventHash)
            {
                return;
            }
            if (before.Behind(mark.Epoch, mark.EventId, await LedgerMark.HashAsync(db, before.EventId)) is not null)
            {
                var lastCheckpoint = fences.LastCheckpoint();
                // Decided, and written, in one transaction that sees everything that was committed.
                await journal.ChangeAsync(change =>
                {
                    fences.Compare(change.Transaction, lastCheckpoint);
                    return true;
                });
                return;
            }
        }
        file.Write(mark);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = feed.Subscribe(() => Task.FromResult(wake.Writer.TryWrite(true)), interval);
        wake.Writer.TryWrite(true);
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await wake.Reader.ReadAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The last one, behind what was committed until now.
            }
            await TryKeepAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{File} could not be written; an older copy of the database would not be noticed")]
    static partial void LogFailed(ILogger logger, string file, Exception exception);
}
