using System.Diagnostics;

namespace Governance.Tests.Operations.Commands;

/// <summary>Runs a command of the product on a data folder, as an operator would.</summary>
static class AppCommand
{
    public static Task<(int Code, string Output)> RunAsync(string dataFolder, params string[] arguments) =>
        OnAsync($"Data Source={Path.Combine(dataFolder, "governance.db")}", dataFolder, arguments);

    /// <summary>On any database, without the files that instances keep beside it: what lies in the checkout belongs to somebody else's.</summary>
    public static Task<(int Code, string Output)> RunOnAsync(string connectionString, params string[] arguments) =>
        OnAsync(connectionString, Path.Combine(Path.GetTempPath(), "governance-no-folder"), arguments);

    static async Task<(int Code, string Output)> OnAsync(string connectionString, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AppProcess.ProductAssembly, .. arguments]) { WorkingDirectory = AppProcess.RepositoryFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ConnectionStrings__Governance"] = connectionString;
        start.Environment["Governance__Journal__Folder"] = folder;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output + await error);
    }
}
