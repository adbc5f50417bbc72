using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Governance.Tests.Proofs;

namespace Governance.Tests.Architecture;

/// <summary>Pages are nothing without their scripts and sheets, which come from the SDK, from packages and from this repository. A wrong content root answers 200 with nothing in it, a missing manifest 500.</summary>
public sealed class ScriptTests
{
    const int ScriptBytes = 200_645;

    [Fact]
    public async Task TheBlazorScriptIsWholeInDevelopment()
    {
        await using var app = await AppProcess.StartAsync(new AppStart { Assembly = AppProcess.BuiltAssembly, HostEnvironment = "Development" });
        Assert.Equal(ScriptBytes, (await ReadAsync(app, "_framework/blazor.web.js", "identity")).Length);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ABuildServesEveryFileOfItsPagesFromAnyFolderWithoutAnEnvironment()
    {
        var elsewhere = Directory.CreateTempSubdirectory("governance-elsewhere-");
        try
        {
            await using var app = await AppProcess.StartAsync(new AppStart { Assembly = AppProcess.BuiltAssembly, WorkingFolder = elsewhere.FullName });
            await AssertServesAsync(app, Path.GetDirectoryName(AppProcess.BuiltAssembly)!);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task APublishedProductWorksFromAnyFolderWithoutAnEnvironment()
    {
        var folder = Directory.CreateTempSubdirectory("governance-publish-");
        var elsewhere = Directory.CreateTempSubdirectory("governance-elsewhere-");
        try
        {
            await PublishAsync(folder.FullName);
            var assembly = Path.Combine(folder.FullName, "App.dll");
            // An empty name of the database is none: it lies where the documents say that it does.
            var own = new Dictionary<string, string> { [Proofs.Product.ConnectionVariable] = "" };
            await using (var app = await AppProcess.StartAsync(new AppStart { Assembly = assembly, WorkingFolder = elsewhere.FullName, Environment = own }))
            {
                await AssertServesAsync(app, folder.FullName);
                Assert.DoesNotContain("Microsoft.AspNetCore.Hosting.Diagnostics", app.Output, StringComparison.Ordinal);
            }
            Assert.True(File.Exists(Path.Combine(elsewhere.FullName, "data", "governance.db")));

            Assert.Equal(0, (await RunAsync(assembly, elsewhere.FullName, "--help")).Code);
            Assert.Equal(0, (await RunAsync(assembly, elsewhere.FullName, "verify")).Code);
            var (code, output) = await RunAsync(assembly, folder.FullName, "verify");
            Assert.Equal(2, code);
            Assert.Contains(Path.Combine(folder.FullName, "data", "governance.db"), output, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(folder.FullName, "data")), "A command that only reads made a folder.");
        }
        finally
        {
            folder.Delete(recursive: true);
            elsewhere.Delete(recursive: true);
        }
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task SettingsOfTheWorkingFolderWinOverTheProgramsOwn()
    {
        var elsewhere = Directory.CreateTempSubdirectory("governance-elsewhere-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(elsewhere.FullName, "appsettings.json"), """{ "Governance": { "Metrics": { "Public": true } } }""");
            await using var app = await AppProcess.StartAsync(new AppStart { WorkingFolder = elsewhere.FullName });
            using var open = await app.Client.GetAsync(new Uri("metrics", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);

            await using var closed = await AppProcess.StartAsync(new AppStart { WorkingFolder = elsewhere.FullName, Environment = new Dictionary<string, string> { ["Governance__Metrics__Public"] = "false" } });
            using var shut = await closed.Client.GetAsync(new Uri("metrics", UriKind.Relative));
            Assert.NotEqual(HttpStatusCode.OK, shut.StatusCode);
        }
        finally
        {
            elsewhere.Delete(recursive: true);
        }
    }

    /// <summary>The pages that a stranger can open, and every file that the build lists, in each of its encodings.</summary>
    static async Task AssertServesAsync(AppProcess app, string programFolder)
    {
        Assert.Equal(ScriptBytes, (await ReadAsync(app, "_framework/blazor.web.js", "identity")).Length);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(AppProcess.RepositoryFolder, "wwwroot", "app.css")), await ReadAsync(app, "app.css", "identity"));
        Assert.Contains("</html>", System.Text.Encoding.UTF8.GetString(await ReadAsync(app, "welcome", "br")), StringComparison.Ordinal);

        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(programFolder, "App.staticwebassets.endpoints.json")));
        var listed = manifest.RootElement.GetProperty("Endpoints").EnumerateArray()
            .Where(endpoint => endpoint.GetProperty("Selectors").GetArrayLength() == 0)
            .Select(endpoint => (Route: endpoint.GetProperty("Route").GetString()!, Length: Length(endpoint)))
            .Where(file => !file.Route.EndsWith(".br", StringComparison.Ordinal) && !file.Route.EndsWith(".gz", StringComparison.Ordinal)).ToList();
        foreach (var needed in (string[])["_framework/", "_content/", "shell.js", ".razor.js"])
        {
            Assert.Contains(listed, file => file.Route.Contains(needed, StringComparison.Ordinal));
        }
        foreach (var (route, length) in listed)
        {
            foreach (var encoding in (string[])["identity", "gzip", "br"])
            {
                var read = await ReadAsync(app, route, encoding);
                Assert.True(read.Length == length, $"{route} as {encoding} has {read.Length} bytes instead of {length}.");
            }
        }
    }

    static long Length(JsonElement endpoint) => long.Parse(
        endpoint.GetProperty("ResponseHeaders").EnumerateArray().Single(header => header.GetProperty("Name").GetString() == "Content-Length").GetProperty("Value").GetString()!,
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The file as the browser has it once it is unpacked.</summary>
    static async Task<byte[]> ReadAsync(AppProcess app, string path, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("accept-encoding", encoding);
        request.Headers.TryAddWithoutValidation("accept", "text/html, */*");
        using var answer = await app.Client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} as {encoding} is answered with {(int)answer.StatusCode}.");
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using var plain = answer.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var whole = new MemoryStream();
        await plain.CopyToAsync(whole);
        return whole.ToArray();
    }

    /// <summary>Publishes what is built; build servers would outlive the test.</summary>
    static async Task PublishAsync(string folder)
    {
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", "App", "--no-build", "--no-restore", "--disable-build-servers", "-c", AppProcess.Configuration, "-o", folder, "-v", "q"])
        {
            WorkingDirectory = AppProcess.RepositoryFolder,
            RedirectStandardOutput = true,
        })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
    }

    static async Task<(int Code, string Output)> RunAsync(string assembly, string workingFolder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(AppProcess.IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return (process.ExitCode, await output + await error);
    }
}
