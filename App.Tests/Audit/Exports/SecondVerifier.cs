using System.Diagnostics;
using System.Globalization;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Audit.Exports;

/// <summary>Runs docs/verify_audit.py over many exports in one process.</summary>
sealed class SecondVerifier : IDisposable
{
    /// <summary>Loads the script as a module; the checkpoints of a folder are read once.</summary>
    const string Driver = """
        import importlib.util, io, json, sys
        spec = importlib.util.spec_from_file_location("verify_audit", sys.argv[1])
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        keys, read, known = script.read_keys(open(sys.argv[2]).read()), script.read_checkpoints, {}
        def once(folders, keys):
            if tuple(folders) not in known:
                known.clear()
                known[tuple(folders)] = read(folders, keys)
            named, count, notes, ends, bads = known[tuple(folders)]
            return named, count, list(notes), ends, bads
        script.read_checkpoints = once
        for line in sys.stdin:
            length, _, folder = line.rstrip("\n").partition(" ")
            with open(sys.argv[3], "rb") as cases:
                cases.seek(int(length.partition(":")[0]))
                export = io.BytesIO(cases.read(int(length.partition(":")[2])))
            report = script.verify(export, [folder] if folder else [], keys)
            bad = report["bad"]
            print("clean" if not bad else "|".join("" if bad[part] is None else str(bad[part]) for part in ("line", "chain", "sequence", "code")))
        """;

    readonly string folder = Directory.CreateTempSubdirectory("governance-second-").FullName;
    readonly string keyFile;

    public SecondVerifier(string publicPem)
    {
        keyFile = Path.Combine(folder, "key.pem");
        File.WriteAllText(keyFile, publicPem);
    }

    public static string Script { get; } = Path.Combine(AppProcess.RepositoryFolder, "docs", "verify_audit.py");

    /// <summary>What it says of each export: <c>clean</c>, or line, chain, sequence and code.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<(byte[] Export, string? Checkpoints)> cases)
    {
        var blob = Path.Combine(folder, "cases");
        var index = new List<string>();
        await using (var stream = File.Create(blob))
        {
            foreach (var (export, checkpoints) in cases)
            {
                index.Add(string.Create(CultureInfo.InvariantCulture, $"{stream.Position}:{export.Length} {checkpoints}"));
                await stream.WriteAsync(export);
            }
        }
        using var process = Process.Start(new ProcessStartInfo("python3", ["-c", Driver, Script, keyFile, blob]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        foreach (var line in index)
        {
            await process.StandardInput.WriteLineAsync(line);
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs the script as a person does.</summary>
    public static async Task<(int Code, string Output)> CommandAsync(params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", [Script, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
