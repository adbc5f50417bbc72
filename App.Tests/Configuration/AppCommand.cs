using System.Diagnostics;

namespace Governance.Tests.Configuration;

/// <summary>Runs a command of the product on a data folder, as an operator would.</summary>
static class AppCommand
{
    public static Task<(int Code, string Output)> RunAsync(string dataFolder, params string[] arguments) =>
        RunOnAsync($"Data Source={Path.Combine(dataFolder, "governance.db")}", arguments);

    public static async Task<(int Code, string Output)> RunOnAsync(string connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AppProcess.BuiltAssembly, .. arguments]) { WorkingDirectory = AppProcess.RepositoryFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Governance"] = connectionString;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output + await error);
    }
}
