using System.Collections.Concurrent;
using Governance.Audit;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Projects;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>
/// A client that ignores its refusals must not fill the trail and the disk: so many refusals of a key are recorded one by one within a second, and what is
/// beyond is counted in one row. Every client is told in full why, whichever it is.
/// </summary>
sealed partial class RefusalRate(JournalWriter journal, IOptions<GatewaySettings> settings, TimeProvider time, ILogger<RefusalRate> logger) : BackgroundService
{
    public const string Action = "call.refused_often";

    static readonly TimeSpan every = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<(string Project, string Key), Second> seconds = new();
    readonly Lock gate = new();
    Dictionary<(string Project, string Key, string Code), Counted> counted = [];

    /// <summary>False where the key was refused so often within this second that this refusal has no record of its own.</summary>
    public bool TryRecord(Attribution call) => seconds.GetOrAdd((call.Project, call.Key), static _ => new Second()).TryTake(time.GetTimestamp() / time.TimestampFrequency, settings.Value.RefusalsPerSecond);

    /// <summary>Counts a refusal that has no record of its own.</summary>
    public void Count(LedgerCall call, string denyCode)
    {
        lock (gate)
        {
            var key = (call.For.Project, call.For.Key, denyCode);
            counted[key] = counted.GetValueOrDefault(key).And(call.Id);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryWriteAsync();
    }

    /// <summary>Tells the trail what was counted since. What cannot be written now is written with what comes next.</summary>
    internal async Task WriteAsync()
    {
        Dictionary<(string Project, string Key, string Code), Counted> told;
        lock (gate)
        {
            (told, counted) = (counted, []);
        }
        if (told.Count == 0)
        {
            return;
        }
        try
        {
            await journal.AppendAsync([.. told.Select(one => Event(one.Key, one.Value))]);
        }
        catch
        {
            lock (gate)
            {
                foreach (var (key, count) in told)
                {
                    counted[key] = count.And(counted.GetValueOrDefault(key));
                }
            }
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(every);
        try
        {
            while (await rounds.WaitForNextTickAsync(stoppingToken))
            {
                await TryWriteAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // What was counted since is written when it stops.
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

    static AuditEvent Event((string Project, string Key, string Code) of, Counted counted) => new()
    {
        Chain = of.Project,
        Category = AuditCategory.Blocked,
        Action = Action,
        Actor = new Actor(ActorKind.Key, of.Key),
        Project = of.Project,
        TargetKind = "key",
        TargetId = of.Key,
        Sentence = $"Key '{of.Key}' was refused {(counted.Calls == 1 ? "once" : $"{counted.Calls} times")} more than is recorded one by one: {of.Code}.",
        Details = AuditJson.Element(new { deny_code = of.Code, calls = counted.Calls, first = counted.First.ToString(), last = counted.Last.ToString(), from = counted.First.At, until = counted.Last.At }),
    };

    [LoggerMessage(LogLevel.Warning, "The trail could not be told of refusals that were counted; it is tried again")]
    static partial void LogUnwritten(ILogger logger, Exception exception);

    /// <summary>How many refusals of one kind, and their first and last call.</summary>
    readonly record struct Counted(long Calls, CallId First, CallId Last)
    {
        public Counted And(CallId call) => new(Calls + 1, Calls == 0 || call.Value < First.Value ? call : First, Calls == 0 || call.Value > Last.Value ? call : Last);

        public Counted And(Counted later) => later.Calls == 0 ? this : new(Calls + later.Calls, First, later.Last);
    }

    /// <summary>What a key was refused in the second that runs.</summary>
    sealed class Second
    {
        long at;
        int refused;

        public bool TryTake(long now, int most)
        {
            lock (this)
            {
                (at, refused) = at == now ? (at, refused + 1) : (now, 1);
                return refused <= most;
            }
        }
    }
}
