using System.Globalization;

namespace Governance.Journal.Sqlite;

/// <summary>
/// A SQLite file, taken for one process at a time by whatever path it is called. One lock belongs to the place where the file lies, without
/// symbolic links; it can be taken before there is a file. Another belongs to the file itself: hard links and mounts lead to the same one.
/// </summary>
/// <remarks>
/// On Linux the second is the file's own lock (flock), which SQLite's locks (fcntl) do not touch, and which containers that share a volume see.
/// It is taken before SQLite opens the file and given back after SQLite has closed it, because closing any handle of a file drops all of the
/// process's fcntl locks on it. On macOS both kinds are one, so there a file named by device and inode stands for it in the user's temporary
/// folder. On Windows only symbolic links are seen through.
/// </remarks>
sealed class FileHold : IDisposable
{
    readonly FileStream place;
    readonly FileStream? itself;

    FileHold(FileStream place, FileStream? itself) => (this.place, this.itself) = (place, itself);

    /// <summary>Throws <see cref="DatabaseInUseException"/> where another process has it. Where there is no file yet one is made if <paramref name="create"/>, empty and for its owner only.</summary>
    public static FileHold Take(JournalSettings settings, bool create)
    {
        var file = settings.RealFile;
        if (StoreDisk.Problem(file) is { } unsuitable)
        {
            throw new InvalidOperationException(unsuitable);
        }
        var folder = Path.GetDirectoryName(file)!;
        try
        {
            OwnerOnly.CreateFolder(folder);
            var place = Lock(PlaceOf(file), FileMode.OpenOrCreate);
            try
            {
                if (!Holds(place.Name))
                {
                    throw new InvalidOperationException(StoreDisk.WithoutLocks(file));
                }
                OpenedFiles.SetForeignLogAside(file);
                return new FileHold(place, create || File.Exists(file) ? TakeItself(file, create) : null);
            }
            catch
            {
                place.Dispose();
                throw;
            }
        }
        catch (IOException exception) when (IsHeldByAnother(exception))
        {
            throw new DatabaseInUseException(settings.File, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data folder {folder} cannot be written ({exception.Message.TrimEnd('.')}). Make it writable for this process, or name another file with ConnectionStrings:Governance.", exception);
        }
    }

    /// <summary>True where a process has the file now. Only for a process that has not opened the file itself.</summary>
    public static bool IsHeld(JournalSettings settings)
    {
        var file = settings.RealFile;
        return IsLocked(PlaceOf(file)) || (File.Exists(file) && (OperatingSystem.IsLinux() ? IsLocked(file) : Substitute(file) is { } substitute && IsLocked(substitute)));
    }

    public void Dispose()
    {
        itself?.Dispose();
        place.Dispose();
    }

    static string PlaceOf(string file) => file + ".lock";

    static FileStream? TakeItself(string file, bool create)
    {
        if (Directory.Exists(file))
        {
            // SQLite says what is wrong with that.
            return null;
        }
        var mode = create ? FileMode.OpenOrCreate : FileMode.Open;
        if (OperatingSystem.IsLinux())
        {
            return Lock(file, mode);
        }
        if (create && !File.Exists(file))
        {
            OwnerOnly.Open(file, mode, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        }
        return Substitute(file) is { } substitute ? Lock(substitute, FileMode.OpenOrCreate) : null;
    }

    /// <summary>What stands for a file where its own lock cannot be used; null where the system does not say which file is which.</summary>
    static string? Substitute(string file) => FileIdentity.Of(file) is { } identity
        ? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"governance-{identity.Device:x}-{identity.Inode:x}.lock")) : null;

    static FileStream Lock(string path, FileMode mode) => OwnerOnly.Open(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    /// <summary>True where a lock that is held is refused to the next who asks.</summary>
    static bool Holds(string locked)
    {
        try
        {
            using var again = new FileStream(locked, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException exception) when (IsHeldByAnother(exception))
        {
            return true;
        }
    }

    static bool IsLocked(string path)
    {
        try
        {
            using var _ = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0) : null;
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>What the system answers where another process has the file: EAGAIN on Linux, EWOULDBLOCK on macOS, a sharing violation on Windows.</summary>
    public static bool IsHeldByAnother(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}

/// <summary>Another process has the database.</summary>
sealed class DatabaseInUseException(string file, Exception inner)
    : Exception($"Another process uses {file}. SQLite serves one process; stop the other one, or use another file (ConnectionStrings:Governance).", inner);
