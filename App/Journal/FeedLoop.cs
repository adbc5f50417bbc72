using System.Threading.Channels;

namespace Governance.Journal;

/// <summary>Passes over its work at start, soon after every commit, and from time to time; a pass that fails is logged and tried again.</summary>
abstract partial class FeedLoop(Feed feed, ILogger logger) : BackgroundService
{
    static readonly TimeSpan afterCommit = TimeSpan.FromSeconds(1);

    /// <summary>The longest rest between two passes.</summary>
    protected virtual TimeSpan Rest => TimeSpan.FromSeconds(5);

    /// <summary>One pass: everything that is to be done now. Ends early once <paramref name="stopping"/> is set.</summary>
    public abstract Task PassAsync(CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = feed.Subscribe(() => Task.FromResult(wake.Writer.TryWrite(true)), afterCommit);
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, GetType().Name, exception);
            }
            catch (Exception)
            {
                return;
            }
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            rest.CancelAfter(Rest);
            try
            {
                await wake.Reader.ReadAsync(rest.Token);
            }
            catch (OperationCanceledException)
            {
                // Rested long enough, or the host stops.
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Loop} failed; it goes on with its next pass")]
    static partial void LogFailed(ILogger logger, string loop, Exception exception);
}
