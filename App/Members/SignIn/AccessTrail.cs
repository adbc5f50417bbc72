using System.Collections.Concurrent;
using Governance.Audit;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Members.SignIn;

/// <summary>Tells the trail who comes, goes and reads, at once, and who failed to come in, once a minute. What cannot be written now, because the store is away, is written when it can be: people may look at the pages meanwhile.</summary>
sealed partial class AccessTrail(JournalWriter journal, Reads reads, FailedAttempts failures, TimeProvider time, ILogger<AccessTrail> logger) : BackgroundService
{
    /// <summary>Events that wait for the store; beyond it they are lost, and the log says so.</summary>
    const int MaxUntold = 1_000;

    const int MaxReadings = 10_000;
    static readonly TimeSpan every = TimeSpan.FromMinutes(1);

    readonly ConcurrentQueue<AuditEvent> untold = new();
    readonly ConcurrentDictionary<(string Email, string Page), long> readings = new();
    long since = time.GetUtcNow().UtcTicks;

    public Task SignedInAsync(string email, string address) => TellAsync(AccessEvents.SignedIn(email, address));

    public Task SignedOutAsync(string email, string address) => TellAsync(AccessEvents.SignedOut(email, address));

    /// <summary>An auditor opened a page: told once for each of them, page and hour.</summary>
    public Task ReadAsync(string email, string page)
    {
        var hour = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerHour;
        if (readings.TryGetValue((email, page), out var told) && told == hour)
        {
            return Task.CompletedTask;
        }
        if (readings.Count >= MaxReadings)
        {
            readings.Clear();
        }
        readings[(email, page)] = hour;
        return TellAsync(AccessEvents.PageRead(email, page));
    }

    /// <summary>Writes what waits, and what failed since this was done last.</summary>
    internal async Task WriteAsync()
    {
        var counts = failures.Take();
        if (counts.Count > 0)
        {
            var from = new DateTimeOffset(Interlocked.Exchange(ref since, time.GetUtcNow().UtcTicks), TimeSpan.Zero);
            foreach (var auditEvent in AccessEvents.Failures(await NameAsync(counts), from))
            {
                Keep(auditEvent);
            }
        }
        else
        {
            Interlocked.Exchange(ref since, time.GetUtcNow().UtcTicks);
        }
        var waiting = new List<AuditEvent>();
        while (untold.TryDequeue(out var auditEvent))
        {
            waiting.Add(auditEvent);
        }
        if (waiting.Count == 0)
        {
            return;
        }
        try
        {
            await journal.AppendAsync(waiting);
        }
        catch
        {
            waiting.ForEach(Keep);
            throw;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryWriteAsync();
        }
    }

    async Task TellAsync(AuditEvent auditEvent)
    {
        try
        {
            await journal.AppendAsync(auditEvent);
        }
        catch (Exception exception) when (StoreFailure.UnsavedBecause(exception) is not null || StoreFailure.IsUnread(exception))
        {
            Keep(auditEvent);
        }
    }

    async Task TryWriteAsync()
    {
        try
        {
            await WriteAsync();
        }
        catch (Exception exception)
        {
            LogUnwritten(logger, exception);
        }
    }

    void Keep(AuditEvent auditEvent)
    {
        if (untold.Count >= MaxUntold)
        {
            LogLost(logger, auditEvent.Sentence);
            return;
        }
        untold.Enqueue(auditEvent);
    }

    /// <summary>Members by their address as they spell it; of others nothing that they typed.</summary>
    async Task<IReadOnlyList<FailedSignIns>> NameAsync(IReadOnlyDictionary<(string? Account, string? Address), FailedAttempts.Count> counts)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var accounts = counts.Keys.Select(key => key.Account).OfType<string>().Distinct().ToList();
            await using var db = reads.Open();
            known = await db.Users.Where(member => accounts.Contains(member.NormalizedEmail!)).ToDictionaryAsync(member => member.NormalizedEmail!, member => member.Email!);
        }
        catch (Exception exception) when (StoreFailure.IsUnread(exception))
        {
            // The numbers are kept all the same.
            LogUnwritten(logger, exception);
        }
        return [.. counts.Select(one => new FailedSignIns(one.Key.Account is { } account ? known.GetValueOrDefault(account) : null, one.Key.Address, one.Value.Failed, one.Value.Refused))];
    }

    [LoggerMessage(LogLevel.Warning, "The trail could not be told of sign-ins; it is tried again in a minute")]
    static partial void LogUnwritten(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "The trail was not told, because too much waits for the store: {Sentence}")]
    static partial void LogLost(ILogger logger, string sentence);
}
