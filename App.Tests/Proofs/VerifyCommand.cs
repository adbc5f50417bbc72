using System.Diagnostics;

namespace Governance.Tests.Proofs;

/// <summary>Runs <c>App verify</c> on a data folder, as an operator would.</summary>
static class VerifyCommand
{
    public static Task<(int Code, string Output)> RunAsync(string dataFolder) => OnAsync($"Data Source={Path.Combine(dataFolder, "governance.db")}", dataFolder);

    /// <param name="folder">Where the instances that share the database keep their files, first of all the checkpoints that it is compared with.</param>
    public static async Task<(int Code, string Output)> OnAsync(string connection, string folder)
    {
        var start = new ProcessStartInfo("dotnet", [AppProcess.ProductAssembly, "verify"]) { WorkingDirectory = AppProcess.RepositoryFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Governance"] = connection;
        start.Environment["Governance__Journal__Folder"] = folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output + await error);
    }
}
