using System.Diagnostics;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>The product, published into a folder of its own.</summary>
public sealed class PublishedProduct : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-published-");

    PublishedProduct()
    {
    }

    public string Assembly => Path.Combine(_folder.FullName, "App.dll");

    /// <summary>Publishes what was built with these tests, so that nothing is compiled again.</summary>
    public static async Task<PublishedProduct> PublishAsync()
    {
        var published = new PublishedProduct();
        try
        {
            await published.RunAsync();
            return published;
        }
        catch
        {
            published.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    async Task RunAsync()
    {
        var start = new ProcessStartInfo("dotnet",
            ["publish", "App", "--no-build", "--configuration", AppProcess.Configuration, "--output", _folder.FullName, "--nologo", "--verbosity", "quiet", "-nodeReuse:false"])
        {
            WorkingDirectory = AppProcess.RepositoryFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            // What stands around a test run is not for the publisher.
            start.Environment.Remove(name);
        }
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"It could not be published:\n{await output}{await error}");
        // Without the build's own manifest: what is found now is found as on a server.
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "App.staticwebassets.runtime.json")));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "wwwroot", "app.css")));
    }
}
