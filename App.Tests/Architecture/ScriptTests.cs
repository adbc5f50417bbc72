using System.Diagnostics;

namespace Governance.Tests.Architecture;

/// <summary>Blazor's script comes with the SDK and is served as a static asset. A wrong content root answers 200 with nothing in it.</summary>
public sealed class ScriptTests
{
    const int ScriptBytes = 200_645;

    [Fact]
    public async Task TheBlazorScriptIsWholeInDevelopment()
    {
        await using var app = await AppProcess.StartAsync();
        Assert.Equal(ScriptBytes, await LengthAsync(app, "_framework/blazor.web.js"));
    }

    [Fact]
    public async Task TheBlazorScriptAndTheStylesAreWholeAfterPublish()
    {
        var folder = Directory.CreateTempSubdirectory("governance-publish-");
        try
        {
            await PublishAsync(folder.FullName);
            await using var app = await AppProcess.StartAsync(new AppStart
            {
                Assembly = Path.Combine(folder.FullName, "App.dll"),
                WorkingFolder = folder.FullName,
                HostEnvironment = "Production",
            });
            Assert.Equal(ScriptBytes, await LengthAsync(app, "_framework/blazor.web.js"));
            Assert.Equal(new FileInfo(Path.Combine(AppProcess.RepositoryFolder, "wwwroot", "app.css")).Length, await LengthAsync(app, "app.css"));
            Assert.True(File.Exists(Path.Combine(folder.FullName, "appsettings.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<int> LengthAsync(AppProcess app, string path) => (await app.Client.GetByteArrayAsync(new Uri(path, UriKind.Relative))).Length;

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
}
