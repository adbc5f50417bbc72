using System.Diagnostics;

namespace Governance.Tests.Proofs.Kills;

/// <summary>A driver's process.</summary>
sealed class DriverProcess : IDisposable
{
    /// <summary>What a driver says once it has recovered and works, followed by its instance.</summary>
    public const string Ready = "ready";

    readonly Process process;
    readonly List<string> errors = [];
    readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    DriverProcess(string[] command, (string Name, string Value)[] environment)
    {
        process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [typeof(DriverProcess).Assembly.Location, .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        foreach (var (name, value) in environment)
        {
            process.StartInfo.Environment[name] = value;
        }
        process.OutputDataReceived += (_, line) => { if (line.Data?.Split(' ') is [Ready, var instance]) { ready.TrySetResult(instance); } };
        process.ErrorDataReceived += (_, line) => { lock (errors) { errors.Add(line.Data ?? ""); } };
        // Waits for what it still says: a driver may be ready and gone at once.
        process.Exited += (_, _) => { process.WaitForExit(); ready.TrySetException(new InvalidOperationException("The driver ended before it was ready: " + Errors)); };
    }

    /// <summary>As the journal calls it; the same as long as the process lives.</summary>
    public string Instance => ready.Task.Result;

    public bool HasExited => process.HasExited;

    public string Errors
    {
        get { lock (errors) { return string.Join('\n', errors); } }
    }

    /// <summary>Starts a driver and returns once it has recovered and works.</summary>
    public static async Task<DriverProcess> StartAsync(string[] command, params (string Name, string Value)[] environment)
    {
        var driver = new DriverProcess(command, environment);
        driver.process.Start();
        driver.process.BeginOutputReadLine();
        driver.process.BeginErrorReadLine();
        await driver.ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return driver;
    }

    /// <summary>One that has died meanwhile does not hear it.</summary>
    public async Task OrderAsync(string order)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(order);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException) when (process.WaitForExit(1000))
        {
            // Nobody is there to hear it.
        }
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it finish what it does. Answers its exit code.</summary>
    public async Task<int> EndAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
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
