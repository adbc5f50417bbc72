using System.Diagnostics;
using System.Net;
using Governance.Tests.Operations.Commands;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Start;

/// <summary>One database is served by one process, whatever its path is called.</summary>
public sealed class OneProcessTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-names-");

    string Data => Path.Combine(folder.FullName, "data");

    string File => Path.Combine(Data, "governance.db");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ASecondStartIsRefusedByEveryNameAsByTheSame()
    {
        await using var first = await StartAsync();
        System.IO.File.CreateSymbolicLink(Named("link.db"), File);
        Directory.CreateSymbolicLink(Named("linked"), Data);
        System.IO.File.CreateSymbolicLink(Named("twice.db"), Path.Combine("linked", "governance.db"));
        await ExternalAsync("ln", File, Named("hard.db"));
        string[] names =
        [
            File, Named("link.db"), Path.Combine(Named("linked"), "governance.db"), Named("twice.db"), Named("hard.db"),
            Path.GetRelativePath(AppProcess.RepositoryFolder, File), Path.Combine(Data, "..", "data", "governance.db"),
        ];
        await Task.WhenAll(names.Select(RefusedAsync));

        // Commands that need the database for themselves agree, and nothing writes over it by another name.
        foreach (var command in (string[][])[["restore", "--fence"], ["migrate"], ["acknowledge", "--spent-since-backup", "0"]])
        {
            var (code, said) = await AppCommand.RunOnAsync($"Data Source={Named("hard.db")}", command);
            Assert.True(code is 1 or 2 && said.Contains($"Another process uses {Named("hard.db")}.", StringComparison.Ordinal), said);
        }
        foreach (var name in (string[])["link.db", "hard.db", "linked/governance.db"])
        {
            var (code, said) = await AppCommand.RunAsync(Data, "backup", Named(name), "--force");
            Assert.True(code == 2 && said.Contains("A backup needs a file of its own", StringComparison.Ordinal), said);
        }
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(first));
        await first.StopAsync();
        Assert.Equal(0, (await AppCommand.RunOnAsync($"Data Source={Named("twice.db")}", "migrate")).Code);
    }

    [SmallDiskFact]
    public async Task AMountOfTheFolderOrOfTheFileIsTheSameDatabase()
    {
        await using var first = await StartAsync();
        Directory.CreateDirectory(Named("mounted"));
        await System.IO.File.WriteAllTextAsync(Named("mounted.db"), "");
        await ExternalAsync("mount", "--bind", Data, Named("mounted"));
        await ExternalAsync("mount", "--bind", File, Named("mounted.db"));
        try
        {
            await RefusedAsync(Path.Combine(Named("mounted"), "governance.db"));
            await RefusedAsync(Named("mounted.db"));
            Assert.Equal(HttpStatusCode.OK, await ReadyAsync(first));
        }
        finally
        {
            await ExternalAsync("umount", Named("mounted"));
            await ExternalAsync("umount", Named("mounted.db"));
        }
    }

    /// <summary>As on a file system that takes every lock and keeps none.</summary>
    [Fact]
    public async Task LocksThatDoNotHoldAreRefusedBeforeThereIsADatabase()
    {
        var run = await StartRun.RunAsync(new Dictionary<string, string> { ["ConnectionStrings__Governance"] = $"Data Source={File}", ["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "true" }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(2, run.Code);
        Assert.Contains("does not keep locks", run.Said, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    string Named(string name) => Path.Combine(folder.FullName, name);

    Task<AppProcess> StartAsync()
    {
        Directory.CreateDirectory(Data);
        return AppProcess.StartAsync(new AppStart { DataFolder = Data, Timeout = TimeSpan.FromMinutes(3) });
    }

    static async Task RefusedAsync(string name)
    {
        var run = await StartRun.RunAsync(new Dictionary<string, string> { ["ConnectionStrings__Governance"] = $"Data Source={name}" }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal((2, $"Another process uses {Path.GetFullPath(name, AppProcess.RepositoryFolder)}. SQLite serves one process; stop the other one, or use another file (ConnectionStrings:Governance)."), (run.Code, run.Said.Trim()));
    }

    static async Task<HttpStatusCode> ReadyAsync(AppProcess app)
    {
        using var ready = await app.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
        return ready.StatusCode;
    }

    static async Task ExternalAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
