using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Governance.Tests.Operations.Start;

/// <summary>A start of the product that is to end by itself.</summary>
sealed record StartRun(int Code, string Said, string Output)
{
    public static async Task<StartRun> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AppProcess.ProductAssembly, .. arguments]) { WorkingDirectory = AppProcess.RepositoryFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new StartRun(process.ExitCode, await error, await output);
    }
}

/// <summary>Waits for what a process prints; its lines arrive here a moment after it answers.</summary>
static class Saying
{
    public static Task SaysAsync(this AppProcess app, string text) => app.SaysMatchAsync(Regex.Escape(text));

    /// <summary>Answers the first group of the pattern.</summary>
    public static async Task<string> SaysMatchAsync(this AppProcess app, string pattern)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (Regex.Match(app.Output, pattern) is { Success: true } match)
            {
                return match.Groups[^1].Value;
            }
            Assert.True(clock.Elapsed < Eventually.Patience, $"It never said {pattern}:\n{app.Output}");
        }
    }
}
