using System.Diagnostics;

namespace Governance.Tests.Proofs;

/// <summary>A file system of a few megabytes that can be filled. Needs the right to mount.</summary>
sealed class SmallDisk : IDisposable
{
    readonly string _filler;

    SmallDisk(string folder)
    {
        Folder = folder;
        _filler = Path.Combine(folder, "filler");
    }

    public string Folder { get; }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Impossible { get; } = TryOut();

    public static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("governance-small-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) is { } problem)
        {
            Directory.Delete(folder);
            throw new InvalidOperationException(problem);
        }
        return new SmallDisk(folder);
    }

    /// <summary>Takes all space but so many bytes.</summary>
    public void Fill(long leave = 0)
    {
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var free = new DriveInfo(Folder).AvailableFreeSpace; free > leave; free = new DriveInfo(Folder).AvailableFreeSpace)
            {
                file.Write(new byte[(int)Math.Min(256 * 1024, free - leave)]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        _ = Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    static string? TryOut()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "needs Linux: a tmpfs as data folder";
        }
        try
        {
            Mount(1).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            return $"needs the right to mount a tmpfs: {exception.Message}";
        }
    }

    static string? Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}

/// <summary>A test that needs a <see cref="SmallDisk"/>; skipped, with the reason, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Impossible;
}
