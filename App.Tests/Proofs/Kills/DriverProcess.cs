using System.Diagnostics;
using System.Globalization;

namespace Governance.Tests.Proofs.Kills;

/// <summary>A running <see cref="LedgerDriver"/>.</summary>
sealed class DriverProcess : IDisposable
{
    readonly Process process;
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    DriverProcess(Process process) => this.process = process;

    /// <summary>Starts a driver and returns once it has recovered and works.</summary>
    public static async Task<DriverProcess> StartAsync(string connection, string log, int seed, int instance, int callers)
    {
        string[] arguments = [typeof(LedgerDriver).Assembly.Location, LedgerDriver.Command, connection, log, .. new[] { seed, instance, callers }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var driver = new DriverProcess(new Process { StartInfo = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }, EnableRaisingEvents = true });
        var errors = new List<string?>();
        driver.process.OutputDataReceived += (_, line) => { if (line.Data == "ready") { driver.ready.TrySetResult(); } };
        driver.process.ErrorDataReceived += (_, line) => { lock (errors) { errors.Add(line.Data); } };
        // Waits for what it still says: a driver without callers may be ready and gone at once.
        driver.process.Exited += (_, _) => { driver.process.WaitForExit(); lock (errors) { driver.ready.TrySetException(new InvalidOperationException("The driver ended before it was ready: " + string.Join('\n', errors))); } };
        driver.process.Start();
        driver.process.BeginOutputReadLine();
        driver.process.BeginErrorReadLine();
        await driver.ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return driver;
    }

    public bool HasExited => process.HasExited;

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits for a driver without callers.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
        process.Dispose();
    }
}
