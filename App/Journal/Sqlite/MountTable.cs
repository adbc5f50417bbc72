namespace Governance.Journal.Sqlite;

/// <summary>What Linux says of its mounts (<c>/proc/self/mountinfo</c>): on which kind of file system something lies.</summary>
[Pure]
static class MountTable
{
    /// <summary>File systems that other machines write too, or that hand every access to a server: neither their locks nor memory shared between processes can be relied upon.</summary>
    static readonly HashSet<string> shared = new(StringComparer.Ordinal)
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "coda", "ceph", "lustre", "gpfs", "beegfs", "ocfs2", "gfs2", "glusterfs", "davfs",
        "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.goofys", "fuse.mount-s3", "fuse.mountpoint-s3", "fuse.blobfuse", "fuse.blobfuse2", "fuse.glusterfs",
        "fuse.ceph", "fuse.ceph-fuse", "fuse.juicefs", "fuse.JuiceFS", "fuse.davfs", "fuse.davfs2", "fuse.curlftpfs", "fuse.smbnetfs", "fuse.moosefs", "fuse.mfs", "fuse.seaweedfs",
    };

    public static bool IsShared(string fileSystem) => shared.Contains(fileSystem);

    /// <summary>The type of the mount that a file or folder is in; null where the table does not say.</summary>
    /// <param name="path">Absolute and without symbolic links.</param>
    public static string? FileSystemOf(string table, string path)
    {
        var (found, length) = ((string?)null, -1);
        foreach (var line in table.Split('\n'))
        {
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || dash + 1 >= fields.Length)
            {
                continue;
            }
            var point = Unescape(fields[4]);
            // Of two mounts at one place the later hides the earlier.
            if (point.Length >= length && Contains(point, path))
            {
                (found, length) = (fields[dash + 1], point.Length);
            }
        }
        return found;
    }

    static bool Contains(string point, string path) =>
        path.StartsWith(point, StringComparison.Ordinal) && (point.EndsWith('/') || path.Length == point.Length || path[point.Length] == '/');

    /// <summary>The table writes blanks and backslashes of a path as their octal numbers.</summary>
    static string Unescape(string text) => text
        .Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
