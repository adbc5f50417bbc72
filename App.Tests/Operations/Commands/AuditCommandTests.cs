using System.Text.Json;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Audit;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Commands;

/// <summary>The trail as its owner takes it out: by the command, of a running product that signs as it goes, proven by both verifiers.</summary>
public sealed class AuditCommandTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-audit-command-");

    string Data => Path.Combine(folder.FullName, "data");

    string Checkpoints => Path.Combine(Data, "checkpoints");

    string Export => Path.Combine(folder.FullName, "trail.jsonl");

    string Key => Path.Combine(folder.FullName, "key.pem");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ARunningProductSignsWhatItWritesAndItsExportIsProvenOffline()
    {
        await using (var product = await Product.StartAsync(null, dataFolder: Data, environment: [("Governance__Audit__Checkpoints__Records", "5"), ("Governance__Audit__Checkpoints__Seconds", "3600")]))
        {
            Assert.Equal(["start"], Reasons());
            for (var call = 0; call < 12; call++)
            {
                (await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed();
            }
            Assert.Contains("records", await Eventually.ReadAsync(Reasons, reasons => reasons.Contains("records")));
            Assert.Equal(0, (await AppCommand.RunAsync(Data, "audit", "export", Export)).Code);
            (await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed();
            await product.App.StopAsync();
        }
        // An orderly stop covers the last call.
        Assert.Equal("stop", Reasons()[^1]);
        var (code, key) = await AppCommand.RunAsync(Data, "audit", "public-key");
        Assert.Equal(0, code);
        await File.WriteAllTextAsync(Key, key);

        // A checkpoint that is younger than an export names events that the export cannot have.
        var (late, said) = await VerifyAsync("--json");
        Assert.Equal(1, late);
        Assert.Equal("cut", JsonDocument.Parse(said[said.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("bad").GetProperty("code").GetString());

        Assert.Equal(0, (await AppCommand.RunAsync(Data, "audit", "export", Export)).Code);
        var (first, report) = await VerifyAsync();
        Assert.True(first == 0, report);
        Assert.Equal(0, (await VerifyAsync("--from", "2", "--to", "3")).Code);
        var (second, told) = await SecondVerifier.CommandAsync(Export, "--checkpoints", Checkpoints, "--public-key", Key);
        Assert.True(second == 0, told);

        var lines = await File.ReadAllLinesAsync(Export);
        var changed = Array.FindIndex(lines, line => line.Contains("\"_system\"", StringComparison.Ordinal) && !line.Contains("\"format\"", StringComparison.Ordinal));
        lines[changed] = lines[changed].Replace("_system", "_sistem", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Export, lines);
        Assert.Equal((1, 1), ((await VerifyAsync()).Code, (await SecondVerifier.CommandAsync(Export, "--checkpoints", Checkpoints, "--public-key", Key)).Code));
        Assert.Equal(2, (await AppCommand.RunAsync(Data, "audit", "verify", Export + ".none")).Code);
    }

    Task<(int Code, string Output)> VerifyAsync(params string[] options) => AppCommand.RunAsync(Data, ["audit", "verify", Export, "--checkpoints", Checkpoints, "--public-key", Key, .. options]);

    /// <summary>Why each checkpoint was written, in their order.</summary>
    List<string> Reasons() =>
    [
        .. Directory.EnumerateFiles(Checkpoints, "*.checkpoints").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)
            .Select(line => JsonDocument.Parse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).RootElement.GetProperty("reason").GetString()!),
    ];
}
