using System.Diagnostics;

namespace Governance.Tests.Proofs;

/// <summary>Runs <c>App verify</c> on a data folder, as an operator would.</summary>
static class VerifyCommand
{
    public static async Task<(int Code, string Output)> RunAsync(string dataFolder)
    {
        var start = new ProcessStartInfo("dotnet", [AppProcess.BuiltAssembly, "verify"]) { WorkingDirectory = AppProcess.RepositoryFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(dataFolder, "governance.db")}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output + await error);
    }
}
