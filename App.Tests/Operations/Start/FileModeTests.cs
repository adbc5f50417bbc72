using Governance.Journal;
using Governance.Ledger.FailOpen;
using Governance.Tests.Ledger;
using Governance.Tests.Operations.Commands;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Start;

/// <summary>What the product writes is for its own user only: 0600 in 0700.</summary>
public sealed class FileModeTests : IDisposable
{
    const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-modes-");

    string Data => Path.Combine(folder.FullName, "a", "data");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task EverythingInAFreshDataFolderAndABackupIsForItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var backup = Path.Combine(folder.FullName, "kept", "backup.db");
        await using (var product = await Product.StartAsync(null, dataFolder: Data))
        {
            (await product.CallAsync(Answers.Call("claude-sonnet-5"))).Passed();
            await Eventually.ReadAsync(() => File.Exists(Path.Combine(Data, "governance.db.mark")), there => there);
            Assert.Equal(0, (await AppCommand.RunAsync(Data, "backup", backup)).Code);
            Check("governance.db", "governance.db-wal", "governance.db-shm", "governance.db.lock", "governance.db.mark", "governance.db.opened", "audit-checkpoint.pem", "checkpoints.lock", "backup.db");
            await product.App.StopAsync();
        }
        // Who could open the database before a restore can open it afterwards.
        File.SetUnixFileMode(Path.Combine(Data, "governance.db"), Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        Assert.Equal(0, (await AppCommand.RunAsync(Data, "restore", backup)).Code);
        Assert.Equal(Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(Path.Combine(Data, "governance.db")));
    }

    [Fact]
    public async Task SoAreTheFilesOfCallsThatWereLetThrough()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        await using var rig = new LedgerRig();
        var place = Path.Combine(folder.FullName, "open-window");
        using var file = OpenWindowFile.Create(place);
        Assert.True((await new AllowanceFile(Path.Combine(place, "allowances")).TryTakeAsync(rig.Call(1m), Money.FromUsd(5))).Taken);
        Check(Path.GetFileName(file.Path));
    }

    [Fact]
    public void AFolderThatIsThereKeepsItsMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        var shared = Directory.CreateDirectory(Path.Combine(folder.FullName, "shared"), Own | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute).FullName;
        OwnerOnly.CreateFolder(Path.Combine(shared, "one", "two"));
        Assert.Equal(Own | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute, File.GetUnixFileMode(shared));
        Assert.Equal(Own | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(shared, "one")));
    }

    /// <summary>Looks at everything that is there, and that these files are among it. Checkpoints and the public key beside them are no secret: their folder keeps others out until its owner lets them in.</summary>
    void Check(params string[] expected)
    {
        var found = new List<string>();
        foreach (var entry in folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            var isOpen = Path.GetFileName(Path.GetDirectoryName(entry.FullName)) == "checkpoints" && entry.Extension is ".checkpoints" or ".pem" && entry.Name != "audit-checkpoint.pem";
            found.Add(entry.Name);
            Assert.True(isOpen || entry.UnixFileMode == (entry is DirectoryInfo ? Own | UnixFileMode.UserExecute : Own), $"{entry.FullName} has the mode {entry.UnixFileMode}.");
        }
        Assert.All(expected, name => Assert.Contains(name, found));
    }
}
