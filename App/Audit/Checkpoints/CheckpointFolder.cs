using System.Globalization;

namespace Governance.Audit.Checkpoints;

/// <summary>The checkpoints on disk: a file a day, a line each, only ever appended to. One process writes to a folder.</summary>
sealed class CheckpointFolder(string path)
{
    public const string Pattern = "*.checkpoints";

    public string Path => path;

    /// <summary>The last one whose line is whole; null in an empty or missing folder. Its signature is not checked.</summary>
    public WrittenCheckpoint? Last()
    {
        foreach (var file in Files(path).Reverse())
        {
            var text = File.ReadAllBytes(file).AsSpan();
            var end = text.LastIndexOf((byte)'\n');
            if (end < 0)
            {
                continue;
            }
            var line = text[(text[..end].LastIndexOf((byte)'\n') + 1)..end];
            return CheckpointText.Read(line) is { } read
                ? new WrittenCheckpoint(read.Checkpoint, CheckpointText.HashOf(line))
                : throw new InvalidDataException($"The last line of {file} is no checkpoint. Move the file away once you know why.");
        }
        return null;
    }

    /// <summary>Writes the line to disk; when this returns it is there. What a crash left half written is cut off first.</summary>
    public void Append(Checkpoint checkpoint, byte[] line)
    {
        Directory.CreateDirectory(path);
        var wanted = System.IO.Path.Combine(path, checkpoint.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + Pattern[1..]);
        // A clock that was set back must not put a line before the last one.
        var file = Files(path).LastOrDefault() is { } newest && string.CompareOrdinal(newest, wanted) > 0 ? newest : wanted;
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        CutTornLine(stream);
        stream.Write([.. line, (byte)'\n']);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts the public key beside the checkpoints, for whoever verifies them.</summary>
    public void Publish(CheckpointKey key)
    {
        Directory.CreateDirectory(path);
        var file = System.IO.Path.Combine(path, key.Id + ".pem");
        if (!File.Exists(file))
        {
            File.WriteAllText(file, key.PublicPem);
        }
    }

    /// <summary>The files in the order in which they were written.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal) : [];

    static void CutTornLine(FileStream stream)
    {
        var whole = stream.Length;
        for (; whole > 0; whole--)
        {
            stream.Position = whole - 1;
            if (stream.ReadByte() == '\n')
            {
                break;
            }
        }
        stream.SetLength(whole);
        stream.Position = whole;
    }
}
