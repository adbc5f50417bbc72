namespace Governance.Journal;

/// <summary>Looks at something every few seconds, by time that passed; a round that fails is told and tried again.</summary>
abstract class IntervalLoop(TimeSpan interval) : BackgroundService
{
    protected abstract Task LookAsync(CancellationToken stopping);

    protected abstract void OnFailed(Exception exception);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the host's clock: a test's clock that stands must not stop it, and neither must one that jumps.
        using var rounds = new PeriodicTimer(interval);
        while (await NextAsync(rounds, stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                OnFailed(exception);
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    static async Task<bool> NextAsync(PeriodicTimer rounds, CancellationToken stopping)
    {
        try
        {
            return await rounds.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
