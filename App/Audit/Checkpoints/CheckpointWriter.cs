using System.Diagnostics;
using Governance.Journal;
using Governance.Journal.Postgres;

namespace Governance.Audit.Checkpoints;

/// <summary>
/// Writes checkpoints beside what is served. It reads what is committed with a connection of its own and never takes part in a
/// call; where it fails calls go on, and its <see cref="Status"/> and the log say so.
/// </summary>
sealed partial class CheckpointWriter(CheckpointSettings settings, JournalWriter journal, Reads reads, Leases leases, TimeProvider time, ILogger<CheckpointWriter> logger) : BackgroundService
{
    /// <summary>The one instance that has it writes; several that share a folder would number theirs alike.</summary>
    public const string LeaseName = "checkpoints";

    static readonly TimeSpan look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan longestWaitAtStop = TimeSpan.FromSeconds(2);

    readonly CheckpointFolder folder = new(settings.Folder);
    readonly SemaphoreSlim turn = new(1, 1);
    CheckpointKey? key;
    WrittenCheckpoint? last;
    Lease? held;
    long token;
    long epochsReadTo;
    List<AuditEpoch> epochs = [];
    long writtenAt;
    bool unread;
    bool disposed;
    volatile CheckpointStatus status = CheckpointStatus.None;

    public CheckpointStatus Status => status;

    public CheckpointSettings Settings => settings;

    /// <summary>What of key and checkpoints was gone when this process took over, as a sentence; null where nothing was.</summary>
    public string? Lost { get; private set; }

    /// <summary>Writes one now where anything is uncovered. Answers the last one, or null where there is none or it could not be written.</summary>
    public async Task<WrittenCheckpoint?> WriteAsync(string reason, CancellationToken cancellation = default)
    {
        if (disposed)
        {
            return last;
        }
        await turn.WaitAsync(cancellation);
        try
        {
            if (await leases.TakeAsync(LeaseName) is not { } lease)
            {
                return StandBy();
            }
            if (lease != held)
            {
                // Another instance may have written the last one.
                (held, last, token) = (lease, null, 0);
            }
            if (!await TryWriteAsync(reason))
            {
                // This writer was paused, and another one has written meanwhile. Whose lease it still is begins a new turn behind that line.
                await lease.ConfirmAsync(journal);
                (last, token) = (null, 0);
                if (!await TryWriteAsync(reason))
                {
                    throw new IOException($"Another process writes checkpoints into {settings.Folder} at the same time; give each database a folder of its own.");
                }
            }
            status = new CheckpointStatus(last?.Checkpoint.At, last?.Checkpoint.Number ?? 0, last?.Checkpoint.AuditId ?? 0, 0, null, null);
            return last;
        }
        catch (LeaseLostException)
        {
            return StandBy();
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            var why = StoreFailure.Why(exception);
            if (status.Failure != why)
            {
                LogFailed(logger, exception);
            }
            status = status with { Failure = why, FailingSince = status.FailingSince ?? time.GetUtcNow() };
            return null;
        }
        finally
        {
            writtenAt = Stopwatch.GetTimestamp();
            turn.Release();
        }
    }

    /// <summary>The last checkpoint of an orderly stop covers what the last calls wrote.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        for (var clock = Stopwatch.StartNew(); journal.Delay > TimeSpan.Zero && clock.Elapsed < longestWaitAtStop;)
        {
            await Task.Delay(20, CancellationToken.None);
        }
        await WriteAsync("stop", CancellationToken.None);
    }

    public override void Dispose()
    {
        // Known to the host twice, as itself and as what it runs.
        if (disposed)
        {
            return;
        }
        disposed = true;
        turn.Wait(TimeSpan.FromSeconds(5));
        key?.Dispose();
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await WriteAsync("start", stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(look, stoppingToken);
            if (Due() is { } reason)
            {
                await WriteAsync(reason, stoppingToken);
            }
        }
    }

    /// <summary>Why one is due; null where none is. After a failure it waits as long as between two.</summary>
    string? Due()
    {
        var isTime = Stopwatch.GetElapsedTime(writtenAt) >= TimeSpan.FromSeconds(settings.Seconds);
        try
        {
            using var db = reads.Open();
            var behind = (db.Audit.Max(row => (long?)row.Id) ?? 0) - (last?.Checkpoint.AuditId ?? 0);
            if (unread)
            {
                // It could not be seen what there is to sign; it can again.
                (unread, status) = (false, status with { Failure = null, FailingSince = null });
            }
            status = status with { Behind = Math.Max(behind, 0) };
            return behind == 0 && status.Failure is null ? null
                : isTime ? "time"
                : behind >= settings.Records && status.Failure is null ? "records"
                : null;
        }
        catch (Exception exception)
        {
            // Of any kind: what a server that is away looks like is the provider's choice, and nothing that fails here may end the process.
            if (status.Failure is null)
            {
                (unread, status) = (true, status with { Failure = StoreFailure.Why(exception), FailingSince = time.GetUtcNow() });
            }
            return isTime ? "time" : null;
        }
    }

    /// <summary>Another instance writes, and tells of its own failures.</summary>
    WrittenCheckpoint? StandBy()
    {
        (held, token) = (null, 0);
        status = status with { Failure = null, FailingSince = null };
        return last = folder.Last() ?? last;
    }

    /// <summary>False, with nothing written, where another writer's line stands at the place of this one.</summary>
    async Task<bool> TryWriteAsync(string reason)
    {
        last ??= folder.Last();
        key ??= await TakeKeyAsync();
        using var db = reads.Open();
        var (auditId, heads) = ChainHeads.Read(db);
        if (auditId == 0)
        {
            return true;
        }
        if (Contradiction(db, heads) is { } contradiction)
        {
            throw new TrailContradictedException(contradiction);
        }
        var epoch = epochs.Select(each => each.Epoch).DefaultIfEmpty(AuditEpoch.First).Max();
        if (last is { Checkpoint: var before })
        {
            if (before.AuditId == auditId && before.Epoch == epoch && before.Key == key.Id)
            {
                return true;
            }
            reason = before.Key != key.Id ? "new_key" : before.Epoch != epoch ? "epoch" : reason;
        }
        // A database that went back counts its leases anew; the folder does not.
        token = token > 0 ? token : Math.Max(held?.Token ?? 0, (last?.Checkpoint.Token ?? 0) + 1);
        var checkpoint = new Checkpoint
        {
            Number = (last?.Checkpoint.Number ?? 0) + 1,
            AtMilliseconds = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), last?.Checkpoint.AtMilliseconds ?? 0),
            Epoch = epoch,
            Token = token,
            AuditId = auditId,
            Key = key.Id,
            Previous = last?.LineHash ?? Checkpoint.NoPrevious,
            Reason = reason,
            Heads = heads,
        };
        var body = CheckpointText.Write(checkpoint);
        var line = CheckpointText.Line(body, key.Sign(body));
        folder.Publish(key);
        if (!folder.TryAppend(checkpoint, line))
        {
            return false;
        }
        last = new WrittenCheckpoint(checkpoint, CheckpointText.HashOf(line));
        return true;
    }

    /// <summary>Null where the trail still says what the last checkpoint does, or an epoch explains why not. The epochs of a database that went back under this process may stand where others were read.</summary>
    string? Contradiction(GovernanceDb db, SortedDictionary<string, ChainHead> heads)
    {
        ReadEpochs(db, heads);
        if (last is null || Contradiction(db, last, heads) is null)
        {
            return null;
        }
        (epochs, epochsReadTo) = ([], 0);
        ReadEpochs(db, heads);
        return Contradiction(db, last, heads);
    }

    void ReadEpochs(GovernanceDb db, SortedDictionary<string, ChainHead> heads)
    {
        epochs.AddRange(AuditEpochs.ReadAfter(db, epochsReadTo));
        epochsReadTo = Math.Max(epochsReadTo, heads.TryGetValue(AuditEvent.SystemChain, out var head) ? head.Sequence : 0);
    }

    /// <summary>What the last checkpoint says that the trail does not say any more; a history that was rewritten is not signed.</summary>
    string? Contradiction(GovernanceDb db, WrittenCheckpoint written, SortedDictionary<string, ChainHead> heads)
    {
        var before = written.Checkpoint;
        var believed = epochs.ToLookup(epoch => epoch.Follows(before.Number, written.LineHash));
        foreach (var (chain, was) in before.Heads)
        {
            if (believed[true].Any(epoch => epoch.Explains(chain, was.Sequence, before.Epoch)))
            {
                continue;
            }
            var isThere = heads.TryGetValue(chain, out var now) && now.Sequence >= was.Sequence;
            var hash = !isThere ? null
                : now.Sequence == was.Sequence ? now.Hash.ToArray()
                : db.Audit.Where(row => row.Chain == chain && row.Sequence == was.Sequence).Select(row => row.Hash).FirstOrDefault();
            if (hash is null || !was.Hash.Span.SequenceEqual(hash))
            {
                return $"Event {was.Sequence} of the chain {chain} is {(hash is null ? "gone" : "another one")}, checkpoint {before.Number} of {before.At:u} says. "
                    + $"Nothing is signed until that is explained: a restore begins an epoch; a new database needs another folder than {settings.Folder}.{AuditEpoch.Doubts(believed[false], chain, was.Sequence, before.Epoch)}";
            }
        }
        return null;
    }

    /// <summary>The key, made where there is none; and its event, where the trail does not know it.</summary>
    async Task<CheckpointKey> TakeKeyAsync()
    {
        var found = CheckpointKey.Load(settings.KeyFile);
        var taken = found ?? CheckpointKey.Create(settings.KeyFile);
        var earlier = last?.Checkpoint.Key is { } other && other != taken.Id ? other : null;
        var known = await journal.ChangeAsync(change =>
        {
            var ids = change.Db.Audit.Where(row => row.Chain == AuditEvent.SystemChain && row.Action == "audit.key_taken").Select(row => row.TargetId).ToList();
            if (!ids.Contains(taken.Id))
            {
                change.Append(CheckpointKeyChange.Event(taken, earlier, Actor.System, null));
            }
            return ids;
        });
        Lost = CheckpointLoss.Sentence(settings, hadKey: found is not null, hadCheckpoints: last is not null, isFirst: known.Count == 0);
        if (Lost is { } lost)
        {
            LogLost(logger, lost);
        }
        return taken;
    }

    [LoggerMessage(LogLevel.Warning, "{Lost}")]
    static partial void LogLost(ILogger logger, string lost);

    [LoggerMessage(LogLevel.Error, "No checkpoint of the trail could be written. Calls go on; what is not covered is not protected against whoever administers the database")]
    static partial void LogFailed(ILogger logger, Exception exception);
}

/// <summary>The trail in the database is not what the last checkpoint says it was.</summary>
sealed class TrailContradictedException(string message) : Exception(message);
