using System.Diagnostics;
using Governance.Alerts;
using Governance.Budgets;
using Governance.Journal;
using Governance.Ledger.Holds;

namespace Governance.Operations.Telemetry;

/// <summary>
/// What only the database knows, read now and then beside what is served: nobody who asks for figures waits for the database, and while it is away what was
/// known last stands. Read often only while somebody asks.
/// </summary>
sealed partial class StoredFigures(HoldQueries holds, BudgetQueries budgets, BudgetShelf shelf, MailQueries mails, StoreWatch watch, ILogger<StoredFigures> logger) : IntervalLoop(TimeSpan.FromSeconds(1))
{
    /// <summary>What was read.</summary>
    public sealed record Reading(OpenHolds Holds, IReadOnlyList<BudgetAmounts> Budgets, int MailPending, long At);

    static readonly TimeSpan whileAway = TimeSpan.FromSeconds(1);
    static readonly TimeSpan whileAsked = TimeSpan.FromSeconds(5);
    static readonly TimeSpan whileNobodyAsks = TimeSpan.FromMinutes(1);
    static readonly TimeSpan askedFor = TimeSpan.FromMinutes(2);

    /// <summary>A reading that takes long rests longer, so that it leaves the machine to its calls.</summary>
    const int RestFactor = 4;

    volatile Reading? last;
    volatile bool answers;
    long asked;
    long tried;
    TimeSpan took;

    /// <summary>The newest reading that came to something; null before the first.</summary>
    public Reading? Last
    {
        get
        {
            Volatile.Write(ref asked, Stopwatch.GetTimestamp());
            return last;
        }
    }

    /// <summary>True while the store answers and can be written.</summary>
    public bool StoreAnswers => answers && watch.Trouble is null;

    protected override async Task LookAsync(CancellationToken stopping)
    {
        // What is away is looked for soon, so that it is told soon that it is back.
        var rest = !answers ? whileAway : IsAsked ? whileAsked : whileNobodyAsks;
        if (tried != 0 && Stopwatch.GetElapsedTime(tried) < (answers && took * RestFactor > rest ? took * RestFactor : rest))
        {
            return;
        }
        tried = Stopwatch.GetTimestamp();
        try
        {
            last = new Reading(await holds.OpenAsync(), await budgets.RunningAsync(shelf.Current), await mails.PendingAsync(), tried);
            answers = true;
        }
        finally
        {
            took = Stopwatch.GetElapsedTime(tried);
        }
    }

    protected override void OnFailed(Exception exception)
    {
        if (answers || last is null)
        {
            LogFailed(logger, exception);
        }
        answers = false;
    }

    bool IsAsked => Volatile.Read(ref asked) is var since && since != 0 && Stopwatch.GetElapsedTime(since) < askedFor;

    [LoggerMessage(LogLevel.Warning, "Figures for /metrics cannot be read from the database; what was known last stands until they can")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
