using Governance.Audit;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Shell.Controls;

namespace Governance.Ledger.FailOpen;

/// <summary>Writes calls of an open window into the ledger, each once: as a hold in its own period, and its end where that is known. The trail is told of the window for every project.</summary>
sealed class ReplayWork(SpendLedger ledger, IReadOnlyList<WindowCall> calls) : JournalWork<int>
{
    public const string Action = "ledger.open_window";

    public override void Execute(JournalTransaction transaction) => Result = Write(ledger, transaction, calls);

    /// <summary>Answers how many were not in the ledger yet.</summary>
    public static int Write(SpendLedger ledger, JournalTransaction transaction, IReadOnlyList<WindowCall> calls)
    {
        var written = new List<WindowCall>();
        foreach (var call in calls)
        {
            if (!IsKnown(transaction, call.Call.Id))
            {
                written.Add(call);
                Write(ledger, transaction, call);
            }
            else if (call.Result is { } result)
            {
                // Its hold was written after all, or an earlier replay was: what is known of its end still counts, and counts once.
                ledger.SettleInTransaction(transaction, call.Call, result, call.ResultTold);
            }
        }
        foreach (var project in written.GroupBy(call => call.Call.For.Project, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            transaction.Append(Told(project.Key, [.. project]));
        }
        return written.Count;
    }

    static void Write(SpendLedger ledger, JournalTransaction transaction, WindowCall call)
    {
        ledger.Balances.Reserve(transaction, call.Call.For, call.Call.Holds, call.Call.Id.At, enforce: false);
        ledger.HoldInTransaction(transaction, call.Call, HoldText.Write(call.Call));
        if (call.Told is { } intervention)
        {
            transaction.Append(intervention);
        }
        if (call.Result is { } result)
        {
            ledger.SettleInTransaction(transaction, call.Call, result, call.ResultTold);
        }
    }

    static bool IsKnown(JournalTransaction transaction, CallId id)
    {
        var row = transaction.Prepare("SELECT id FROM usage WHERE id = ?1 UNION ALL SELECT id FROM holds WHERE id = ?1").Bind(1, id.Value);
        var known = row.Step();
        row.Reset();
        return known;
    }

    static AuditEvent Told(string project, IReadOnlyList<WindowCall> calls)
    {
        var held = calls.Aggregate(Money.Zero, (sum, call) => sum + call.Call.Estimate);
        var cost = calls.Aggregate(Money.Zero, (sum, call) => sum + (call.Result?.Cost ?? call.Call.Estimate));
        return new AuditEvent
        {
            Chain = project,
            Category = AuditCategory.Intervened,
            Action = Action,
            Actor = Actor.System,
            Project = project,
            TargetKind = "ledger",
            TargetId = "open-window",
            Sentence = $"While the ledger could not be written, {(calls.Count == 1 ? "1 call" : $"{calls.Count} calls")} worth up to {MoneyText.Of(held)} {(calls.Count == 1 ? "was" : "were")} let through on the project's allowance; {MoneyText.Of(cost)} count.",
            Details = AuditJson.Element(new
            {
                calls = calls.Count,
                worst_case_usd = held.ToPlain(),
                cost_usd = cost.ToPlain(),
                still_open = calls.Count(call => call.Result is null),
                first = calls[0].Call.Id.ToString(),
                last = calls[^1].Call.Id.ToString(),
                from = calls[0].Call.Id.At,
                until = calls[^1].Call.Id.At,
            }),
        };
    }
}

/// <summary>Once a second, writes what waits in the open window, as soon as the store takes it.</summary>
sealed partial class OpenWindowLoop(OpenWindow window, StoreWatch watch, ILogger<OpenWindowLoop> logger) : BackgroundService
{
    /// <summary>So many seconds apart what could not be read is tried again.</summary>
    const int UnreadRounds = 60;

    int rounds;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
            {
                if (window.Waiting > 0 && watch.Trouble is null)
                {
                    await TryAsync(window.ReplayAsync);
                }
                if (++rounds % UnreadRounds == 0 && window.Unread.Count > 0 && watch.Trouble is null)
                {
                    await TryAsync(window.ReadAgainAsync);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; what waits is in the file.
        }
    }

    async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Calls of the open window could not be written into the ledger yet")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
