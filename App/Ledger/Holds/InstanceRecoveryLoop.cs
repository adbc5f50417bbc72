using Governance.Journal;

namespace Governance.Ledger.Holds;

/// <summary>The end of what dead instances held, every few seconds.</summary>
sealed partial class InstanceRecoveryLoop(InstanceRecovery recovery, ILogger<InstanceRecoveryLoop> logger) : IntervalLoop(TimeSpan.FromSeconds(5))
{
    protected override Task LookAsync(CancellationToken stopping) => recovery.RunAsync();

    protected override void OnFailed(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(LogLevel.Error, "Holds of ended instances could not be resolved; tried again in a few seconds")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
