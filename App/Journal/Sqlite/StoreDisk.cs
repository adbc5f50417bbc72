namespace Governance.Journal.Sqlite;

/// <summary>Whether the disk of a SQLite file can keep it: its locks and the memory shared between its connections must hold, which they do on local disks only.</summary>
static class StoreDisk
{
    const string Mounts = "/proc/self/mountinfo";

    /// <summary>Why the file cannot lie there and what to do; null where it can, or where the system does not say.</summary>
    /// <param name="file">Without symbolic links; it need not be there.</param>
    public static string? Problem(string file)
    {
        var kind = OperatingSystem.IsLinux() ? OnLinux(file) : DriveKind(Path.GetDirectoryName(file)!);
        return kind is null ? null
            : $"The database {file} would lie on a network file system ({kind}), where locks and the log of SQLite do not hold: the ledger would be damaged. Name a file on a local disk (ConnectionStrings:Governance), or use PostgreSQL.";
    }

    /// <summary>What is said where a lock was given twice.</summary>
    public static string WithoutLocks(string file) =>
        $"The file system of {Path.GetDirectoryName(file)} does not keep locks (the same file could be locked twice), so two processes could write one ledger. Name a file on a local disk (ConnectionStrings:Governance), and do not set DOTNET_SYSTEM_IO_DISABLEFILELOCKING.";

    static string? OnLinux(string file)
    {
        try
        {
            return MountTable.FileSystemOf(File.ReadAllText(Mounts), file) is { } kind && MountTable.IsShared(kind) ? kind : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string? DriveKind(string folder)
    {
        if (folder.StartsWith(@"\\", StringComparison.Ordinal))
        {
            return "a shared folder";
        }
        var there = folder;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
        {
            there = above;
        }
        try
        {
            var drive = new DriveInfo(there);
            return drive.DriveType is DriveType.Network ? drive.DriveFormat : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
