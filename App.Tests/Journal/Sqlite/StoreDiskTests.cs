using Governance.Journal.Sqlite;

namespace Governance.Tests.Journal.Sqlite;

/// <summary>On which file system a database lies, and what its path is without links.</summary>
public sealed class StoreDiskTests : IDisposable
{
    const string Mounts = """
        26 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        30 26 0:40 / /srv rw,relatime shared:1 - nfs4 server:/srv rw,vers=4.2
        31 30 0:41 / /srv/local rw - xfs /dev/vdb rw
        32 26 0:42 / /mnt/with\040blank rw - cifs //server/share rw
        33 26 0:43 / /mnt/remote rw - fuse.sshfs me@server:/ rw
        34 26 0:44 / /mnt/twice rw - nfs server:/x rw
        35 34 254:1 / /mnt/twice rw - ext4 /dev/vdc rw
        36 26 0:45 / /data/governance.db rw - 9p host rw
        37 26 0:46 / /mnt/stick rw - fuseblk /dev/sda1 rw
        38 26 0:47 / /mnt/host rw - virtiofs host rw
        not a mount
        """;

    readonly string folder = Directory.CreateTempSubdirectory("governance-links-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("/var/lib/governance.db", "ext4", false)]
    [InlineData("/srv/governance.db", "nfs4", true)]
    [InlineData("/srvother/governance.db", "ext4", false)]
    [InlineData("/srv/local/governance.db", "xfs", false)]
    [InlineData("/srv/localother/governance.db", "nfs4", true)]
    [InlineData("/mnt/with blank/governance.db", "cifs", true)]
    [InlineData("/mnt/remote/a/governance.db", "fuse.sshfs", true)]
    [InlineData("/mnt/twice/governance.db", "ext4", false)]
    [InlineData("/data/governance.db", "9p", false)]
    [InlineData("/mnt/stick/governance.db", "fuseblk", false)]
    [InlineData("/mnt/host/governance.db", "virtiofs", false)]
    public void TheMountThatAFileIsInIsFoundAndNetworksAreKnown(string file, string kind, bool shared)
    {
        Assert.Equal(kind, MountTable.FileSystemOf(Mounts, file));
        Assert.Equal(shared, MountTable.IsShared(kind));
    }

    [Fact]
    public void TheDiskOfTheseTestsIsFitForADatabase() => Assert.Null(StoreDisk.Problem(Path.Combine(RealPath.Of(folder), "none", "governance.db")));

    [Fact]
    public void APathIsTheSameThroughWhateverLinksItLeads()
    {
        var real = RealPath.Of(folder);
        var data = Directory.CreateDirectory(Path.Combine(real, "data")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(real, "absolute"), data);
        Directory.CreateSymbolicLink(Path.Combine(real, "relative"), "absolute");
        File.CreateSymbolicLink(Path.Combine(real, "file.db"), Path.Combine("relative", "governance.db"));
        File.CreateSymbolicLink(Path.Combine(real, "circle"), "circle");
        var file = Path.Combine(data, "governance.db");
        foreach (var name in (string[])["data/governance.db", "absolute/governance.db", "relative/governance.db", "file.db", "data/../relative/governance.db"])
        {
            Assert.Equal(file, RealPath.Of(Path.Combine(real, name)));
        }
        Assert.Throws<IOException>(() => RealPath.Of(Path.Combine(real, "circle")));
    }
}
