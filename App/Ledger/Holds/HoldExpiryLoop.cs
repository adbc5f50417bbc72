using Governance.Journal;

namespace Governance.Ledger.Holds;

/// <summary>The expiry of holds, every minute.</summary>
sealed partial class HoldExpiryLoop(HoldExpiry expiry, ILogger<HoldExpiryLoop> logger) : IntervalLoop(TimeSpan.FromMinutes(1))
{
    protected override Task LookAsync(CancellationToken stopping) => expiry.RunAsync();

    protected override void OnFailed(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(LogLevel.Error, "Expired holds could not be resolved; tried again in a minute")]
    static partial void LogFailed(ILogger logger, Exception exception);
}
