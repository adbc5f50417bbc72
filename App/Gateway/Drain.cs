using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>
/// The end of the process, in order. From the first signal on new calls are refused, while the listener still accepts and tells them so; calls
/// in flight are finished; what is not finished in time, or when a second signal comes, is cut and its hold assumed. Only then does the host stop.
/// </summary>
sealed partial class Drain(IHostApplicationLifetime lifetime, IOptions<DrainSettings> settings, ILogger<Drain> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How long calls that were cut may take to say so to their clients and to the ledger.</summary>
    static readonly TimeSpan afterCut = TimeSpan.FromSeconds(10);
    static readonly TimeSpan look = TimeSpan.FromMilliseconds(20);

    readonly CancellationTokenSource cut = new();
    PosixSignalRegistration[] signals = [];
    int inFlight;
    int signalled;
    volatile bool begun;

    /// <summary>True from the moment in which the process is to stop.</summary>
    public bool Begun => begun || lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Calls that are being handled.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>Cancelled when calls in flight are to end at once.</summary>
    public CancellationToken Cut => cut.Token;

    /// <summary>Counts the calls that <paramref name="handle"/> handles, so that stopping waits for them.</summary>
    public RequestDelegate Around(RequestDelegate handle) => async context =>
    {
        // Counted before it is asked whether calls are taken: so none slips in behind the last look.
        Interlocked.Increment(ref inFlight);
        try
        {
            await handle(context);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    };

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        signals = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];
        return Task.CompletedTask;
    }

    /// <summary>Runs before anything of the host is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        begun = true;
        var patience = TimeSpan.FromSeconds(settings.Value.Seconds);
        if (InFlight > 0)
        {
            LogDraining(logger, InFlight, settings.Value.Seconds);
        }
        await WaitAsync(patience, cut.Token);
        if (InFlight > 0)
        {
            LogCut(logger, InFlight);
            await cut.CancelAsync();
            await WaitAsync(afterCut, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }
        cut.Dispose();
    }

    async Task WaitAsync(TimeSpan longest, CancellationToken enough)
    {
        for (var clock = Stopwatch.StartNew(); InFlight > 0 && clock.Elapsed < longest && !enough.IsCancellationRequested;)
        {
            await Task.Delay(look, CancellationToken.None);
        }
    }

    /// <summary>The host hears the first signal too and begins to stop; the second one means: now.</summary>
    void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref signalled) > 1)
        {
            LogSecond(logger);
            cut.Cancel();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Stopping: {Calls} calls are finished first, for at most {Seconds} s; a second signal cuts them")]
    static partial void LogDraining(ILogger logger, int calls, int seconds);

    [LoggerMessage(LogLevel.Warning, "Stopping: {Calls} calls are cut; their holds count as spent")]
    static partial void LogCut(ILogger logger, int calls);

    [LoggerMessage(LogLevel.Warning, "Second signal: stopping at once")]
    static partial void LogSecond(ILogger logger);
}
