using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Governance.Journal.Sqlite;

/// <summary>Which file stands at a path, whatever the path is called: its device and its inode. Known on Linux and macOS.</summary>
readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    const int CurrentFolder = -100;
    const uint WantInode = 0x100;
    /// <summary>More than either system fills.</summary>
    const int StatusBytes = 256;

    /// <summary>False where the system does not say which file is which.</summary>
    public static bool IsKnown { get; } = Probe();

    /// <summary>Null where nothing stands at the path, or where it cannot be looked at.</summary>
    public static FileIdentity? Of(string path)
    {
        if (!IsKnown)
        {
            return null;
        }
        var status = new byte[StatusBytes];
        return Look(path, status) ? Read(status) : null;
    }

    public static FileIdentity? Parse(string text) =>
        text.Split(':') is [var device, var inode]
        && ulong.TryParse(device, NumberStyles.None, CultureInfo.InvariantCulture, out var deviceNumber)
        && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out var inodeNumber)
            ? new FileIdentity(deviceNumber, inodeNumber) : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Device}:{Inode}");

    static bool Probe()
    {
        try
        {
            return Look("/", new byte[StatusBytes]);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // An older C library without this call.
            return false;
        }
    }

    static bool Look(string path, byte[] status)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        return OperatingSystem.IsLinux() ? Statx(CurrentFolder, name, 0, WantInode, status) == 0
            : OperatingSystem.IsMacOS() && (RuntimeInformation.ProcessArchitecture is Architecture.X64 ? StatOnIntel(name, status) : Stat(name, status)) == 0;
    }

    /// <summary>The places of the fields are part of each system's binary interface and the same on every processor.</summary>
    static FileIdentity Read(ReadOnlySpan<byte> status) => OperatingSystem.IsLinux()
        ? new FileIdentity(((ulong)BinaryPrimitives.ReadUInt32LittleEndian(status[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(status[140..]), BinaryPrimitives.ReadUInt64LittleEndian(status[32..]))
        : new FileIdentity(BinaryPrimitives.ReadUInt32LittleEndian(status), BinaryPrimitives.ReadUInt64LittleEndian(status[8..]));

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Statx(int folder, byte[] path, int flags, uint wanted, byte[] status);

    [DllImport("libc", EntryPoint = "stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Stat(byte[] path, byte[] status);

    [DllImport("libc", EntryPoint = "stat$INODE64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int StatOnIntel(byte[] path, byte[] status);
}
