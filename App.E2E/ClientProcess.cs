using System.Diagnostics;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>Runs an official client that is not .NET as a process of its own, with a home of its own.</summary>
public static class ClientProcess
{
    static string Folder => Path.Combine(AppProcess.RepositoryFolder, "App.E2E", "clients");

    /// <summary>The TypeScript client, by the script beside its package.</summary>
    public static Task<Result> TypeScriptAsync(params string[] arguments) => RunAsync("node", [Path.Combine(Folder, "sdk.mjs"), .. arguments], []);

    /// <summary>Claude Code with one prompt, as it is used against a gateway.</summary>
    public static Task<Result> ClaudeCodeAsync(Uri baseUrl, string key, string model, string prompt) =>
        RunAsync(Path.Combine(Folder, "node_modules", ".bin", "claude"), ["--model", model, "-p", prompt], new()
        {
            ["ANTHROPIC_BASE_URL"] = baseUrl.AbsoluteUri.TrimEnd('/'),
            ["ANTHROPIC_AUTH_TOKEN"] = key,
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
        });

    static async Task<Result> RunAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var home = Directory.CreateTempSubdirectory("governance-client-");
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = home.FullName, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ANTHROPIC_", StringComparison.Ordinal) || name.StartsWith("CLAUDE", StringComparison.Ordinal)).ToList())
        {
            // What stands around the tests must not reach the client.
            start.Environment.Remove(name);
        }
        start.Environment["HOME"] = start.Environment["CLAUDE_CONFIG_DIR"] = home.FullName;
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await process.WaitForExitAsync(limit.Token);
            return new Result(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
            home.Delete(recursive: true);
        }
    }

    /// <summary>What the client left behind.</summary>
    public sealed record Result(int Code, string Output, string Error)
    {
        public string All => $"{Output}\n{Error}";
    }
}
