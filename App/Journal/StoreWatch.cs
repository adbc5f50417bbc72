using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Governance.Journal;

/// <summary>Limits of the store (<c>Governance:Journal</c>).</summary>
sealed class StoreWatchSettings
{
    /// <summary>Free space on the database's volume below which nothing new is taken, in bytes: what is under way still has to be written. 0 looks at nothing.</summary>
    public long FreeBytesLeast { get; set; } = 256L * 1024 * 1024;

    /// <summary>By how much the clock may be set before people are told.</summary>
    [Range(1, 86_400)]
    public int ClockStepSeconds { get; set; } = 2;

    /// <summary>A start whose clock is further than this from the ledger's newest entry takes no calls until somebody says that the clock is right, in hours. 0 looks at nothing.</summary>
    [Range(0, 87_600)]
    public int ClockGapHours { get; set; } = 24;
}

/// <summary>
/// Whether the store can take new work. It is looked at every second and not for every call; while writing fails a small write is tried,
/// so that everything goes on by itself as soon as it can. Also notices that the clock was set.
/// </summary>
sealed partial class StoreWatch(JournalWriter journal, JournalSettings journalSettings, IOptions<StoreWatchSettings> options, TimeProvider time, ILogger<StoreWatch> logger) : JournalListener
{
    static readonly TimeSpan StepIsTold = TimeSpan.FromHours(1);

    readonly StoreWatchSettings settings = options.Value;
    readonly TimeSpan step = TimeSpan.FromSeconds(options.Value.ClockStepSeconds);
    volatile string? problem;
    volatile ClockStep? lastStep;
    (DateTimeOffset Wall, long Steady)? looked;

    public override JournalPhase Phase => JournalPhase.Guard;

    /// <summary>Why nothing new may be begun, for people; null while all is well. Cheap enough for every call.</summary>
    public string? Trouble => problem ?? journal.Unwritable;

    /// <summary>By how much and when the clock was set last, for an hour and as long as the ledger does not follow it; null else.</summary>
    public ClockStep? Stepped => lastStep is { } last && (time.GetElapsedTime(last.Steady) < StepIsTold || (time as LedgerTime)?.Deviation is not null) ? last : null;

    /// <summary>A change of definitions is refused where a call would be: it would use up what running calls need.</summary>
    public override Action? Prepare(Change change) => problem is { } low ? throw new StoreUnavailableException(low) : null;

    /// <summary>Looks at everything once; where writing had failed, tries whether it works again.</summary>
    public async Task LookAsync()
    {
        LookAtClock();
        LookAtFiles();
        if (journal.Unwritable is not null)
        {
            try
            {
                var probe = new ProbeWork();
                journal.Submit(probe);
                await probe.Committed;
            }
            catch (Exception exception) when (StoreFailure.Is(exception) || exception is JournalFullException)
            {
                // Still not; the next look tries again.
            }
        }
    }

    void LookAtFiles()
    {
        var before = problem;
        problem = FolderProblem() ?? journalSettings.Opened.Trouble ?? SpaceProblem();
        if (before is null && problem is { } found)
        {
            LogLow(logger, found);
        }
        else if (before is not null && problem is null)
        {
            LogEnough(logger);
        }
    }

    string? FolderProblem() => !journalSettings.IsShared && Path.GetDirectoryName(journalSettings.File) is { } folder && !Directory.Exists(folder)
        ? $"the folder of the database, {folder}, is not there any more" : null;

    string? SpaceProblem()
    {
        if (settings.FreeBytesLeast <= 0 || journalSettings.IsShared)
        {
            return null;
        }
        try
        {
            var folder = Path.GetDirectoryName(journalSettings.RealFile)!;
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free < settings.FreeBytesLeast
                ? $"the disk of the database has {Megabytes(free)} MB left, and {Megabytes(settings.FreeBytesLeast)} MB are kept for calls under way"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"the folder of the database cannot be looked at: {exception.Message}";
        }
    }

    void LookAtClock()
    {
        var (wall, steady) = (time.GetUtcNow(), time.GetTimestamp());
        if (time is LedgerTime ledger)
        {
            if (ledger.LastStep is { } seen && seen != lastStep && seen.By.Duration() > step)
            {
                lastStep = seen;
                LogStep(logger, seen.Text);
            }
            return;
        }
        if (looked is { } before)
        {
            var by = wall - before.Wall - time.GetElapsedTime(before.Steady, steady);
            if (by.Duration() > step)
            {
                lastStep = new ClockStep(by, wall, steady);
                LogStep(logger, lastStep.Text);
            }
        }
        looked = (wall, steady);
    }

    static string Megabytes(long bytes) => (bytes / (1024 * 1024)).ToString("#,##0", System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Error, "Nothing new is taken: {Problem}")]
    static partial void LogLow(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Information, "The database can be written again")]
    static partial void LogEnough(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "{What}")]
    static partial void LogStep(ILogger logger, string what);

    /// <summary>The smallest write, a row that nobody reads, once the trail has shown that it would take an event.</summary>
    sealed class ProbeWork : JournalWork<bool>
    {
        public override bool Alone => true;

        public override void Execute(JournalTransaction transaction)
        {
            transaction.Prepare("SAVEPOINT probe").Run();
            transaction.Prepare("""
                INSERT INTO audit (id, chain, sequence, at_milliseconds, category, action, actor_kind, actor_id, target_kind, target_id, sentence, body, hash)
                VALUES (?1, '_probe', 1, ?2, 0, 'probe', 0, 'probe', 'probe', 'probe', 'probe', ?3, ?3)
                """).Bind(1, transaction.LastAuditId + 1).Bind(2, transaction.NowMilliseconds).Bind(3, ReadOnlySpan<byte>.Empty).RunOrSay("the audit trail cannot be written");
            transaction.Prepare("ROLLBACK TO SAVEPOINT probe").Run();
            transaction.Prepare("RELEASE SAVEPOINT probe").Run();
            transaction.Prepare("INSERT INTO bookmarks (reader, audit_id) VALUES (?1, ?2) ON CONFLICT (reader) DO UPDATE SET audit_id = ?2")
                .Bind(1, "store-probe").Bind(2, transaction.LastAuditId).Run();
            Result = true;
        }
    }
}

/// <summary>The wall clock was set, as seen against time that passed.</summary>
/// <param name="By">Positive where it was set forward.</param>
/// <param name="Steady">A timestamp of the process's own clock.</param>
sealed record ClockStep(TimeSpan By, DateTimeOffset At, long Steady)
{
    public string Text => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"The clock was set {(By > TimeSpan.Zero ? "forward" : "back")} by {By.Duration().TotalSeconds:#,##0} s at {At.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Holds run by time that passed and periods never go back, but check the machine's clock.{(By.Duration() > LedgerTime.MaxStep ? " The ledger does not follow it: its time goes on as it was until the process is started again." : "")}");
}

/// <summary>Looks once a second.</summary>
sealed partial class StoreWatchLoop(StoreWatch watch, ILogger<StoreWatchLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                await LookAsync();
            }
            while (await clock.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    async Task LookAsync()
    {
        try
        {
            await watch.LookAsync();
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "The store could not be looked at")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
