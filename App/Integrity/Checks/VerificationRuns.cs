using System.Data.Common;
using System.Runtime.InteropServices;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Journal;
using Governance.Ledger;

namespace Governance.Integrity.Checks;

/// <summary>A verification of the database in use, with when it began.</summary>
sealed record VerificationRun(DateTimeOffset At, VerificationReport Report);

/// <summary>Verifies the database in use beside the calls, one run at a time, on a thread that the machine serves last; remembers the newest and tells the trail.</summary>
sealed partial class VerificationRuns(JournalSettings settings, CheckpointSettings checkpoints, JournalWriter journal, TimeProvider time, SteadyClock clock, ILogger<VerificationRuns> logger) : IDisposable
{
    public const string CleanAction = "ledger.verified";
    public const string FailedAction = "ledger.verification_failed";

    static readonly TimeSpan longest = TimeSpan.FromMinutes(15);

    readonly SemaphoreSlim one = new(1, 1);

    /// <summary>The newest run of this process; null before the first.</summary>
    public VerificationRun? Last { get; private set; }

    /// <summary>Why the newest run came to nothing; null where it came to a report.</summary>
    public string? LastFailure { get; private set; }

    public bool Running => one.CurrentCount == 0;

    public async Task<VerificationRun> RunAsync(Actor actor, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        await one.WaitAsync(cancellation);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(longest);
            var at = time.GetUtcNow();
            var report = await Task.Factory.StartNew(() => Run(progress, at, limit.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            (Last, LastFailure) = (new VerificationRun(at, report), null);
            await TellAsync(actor, report);
            return Last;
        }
        catch (Exception exception) when (exception is OperationCanceledException or DbException)
        {
            LastFailure = exception is DbException ? exception.Message : $"It was ended after {longest.TotalMinutes:0} minutes; run App verify instead.";
            throw;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for jobs: a failure is logged, and answered with false.</summary>
    public async Task<bool> TryRunAsync(CancellationToken cancellation)
    {
        try
        {
            await RunAsync(Actor.System, null, cancellation);
            return true;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(logger, exception);
        }
        catch (Exception)
        {
            // The process stops; the next start verifies.
        }
        return false;
    }

    public void Dispose() => one.Dispose();

    VerificationReport Run(IProgress<string>? progress, DateTimeOffset now, CancellationToken cancellation)
    {
        if (OperatingSystem.IsLinux())
        {
            // Of this thread alone, which is not used again.
            _ = SetPriority(0, 0, 19);
        }
        settings.Opened.Check();
        var own = new HoldingProcess(journal.Instance, DateTimeOffset.FromUnixTimeMilliseconds(clock.NowMilliseconds));
        return Verification.Verify(settings.ReadConnectionString, progress, checkpoints, now, own, cancellation: cancellation);
    }

    async Task TellAsync(Actor actor, VerificationReport report)
    {
        var failures = report.Checks.Where(check => check.Failures > 0).ToList();
        if (failures.Count > 0)
        {
            LogDiffers(logger, report.Sentence);
        }
        var work = new TellWork(new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = report.IsClean ? CleanAction : FailedAction,
            Actor = actor,
            TargetKind = "ledger",
            TargetId = "integrity",
            Sentence = report.Sentence,
            Details = AuditJson.Element(new
            {
                milliseconds = (long)report.Duration.TotalMilliseconds,
                checks = report.Checks.Select(check => new { check.Invariant, check.Rows, check.Failures }),
                findings = report.Findings.Where(finding => finding.Severity is FindingSeverity.Failure).Take(20),
            }),
        });
        journal.Submit(work);
        await work.Committed;
    }

    [LoggerMessage(LogLevel.Critical, "Verification found that the ledger is not what it should be: {Sentence}")]
    static partial void LogDiffers(ILogger logger, string sentence);

    [LoggerMessage(LogLevel.Error, "Verification could not be run")]
    static partial void LogFailed(ILogger logger, Exception exception);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, int who, int priority);
}

/// <summary>Verifies once, a while after the start, when the rush is over.</summary>
sealed class VerificationAtStart(VerificationRuns runs) : BackgroundService
{
    static readonly TimeSpan afterStart = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(afterStart, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested && runs.Last is null)
        {
            await runs.TryRunAsync(stoppingToken);
        }
    }
}
