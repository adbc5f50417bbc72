using System.Globalization;
using Governance.Journal;
using Governance.Journal.Sqlite;

namespace Governance.Audit.Checkpoints;

/// <summary>The checkpoints on disk: a file a day, a line each, only ever appended to, by one writer at a time.</summary>
sealed class CheckpointFolder(string path)
{
    public const string Pattern = "*.checkpoints";

    /// <summary>Held while a line is appended.</summary>
    const string LockFile = "checkpoints.lock";
    const int MaxTries = 50;
    static readonly TimeSpan untilNextTry = TimeSpan.FromMilliseconds(20);

    public string Path => path;

    /// <summary>
    /// The last one whose line is whole; null in an empty or missing folder. Its signature is not checked. What a writer appended whose turn
    /// was over is passed over: it does not follow the line before it, and its token is lower.
    /// </summary>
    public WrittenCheckpoint? Last()
    {
        WrittenCheckpoint? last = null;
        string? unreadable = null;
        // A turn begins behind the last line, so two files hold whatever may stand beside it.
        foreach (var (file, lines) in Files(path).Reverse().Select(file => (File: file, Lines: WholeLines(file))).Where(read => read.Lines.Count > 0).Take(2).Reverse().ToList())
        {
            foreach (var line in lines)
            {
                var read = CheckpointText.Read(line.Span);
                unreadable = read is null ? file : null;
                if (read is { Checkpoint: var next } && (last is null || next.Previous == last.LineHash || next.Token >= last.Checkpoint.Token))
                {
                    last = new WrittenCheckpoint(next, CheckpointText.HashOf(line.Span));
                }
            }
        }
        return unreadable is null ? last : throw new InvalidDataException($"The last line of {unreadable} is no checkpoint. Move the file away once you know why.");
    }

    /// <summary>
    /// Writes the line to disk; when this returns true it is there. False, and nothing is written, where another writer's line stands at its place by
    /// now. What a crash left half written is cut off first.
    /// </summary>
    public bool TryAppend(Checkpoint checkpoint, byte[] line)
    {
        OwnerOnly.CreateFolder(path);
        using var held = Lock();
        // Lines that were taken away meanwhile are no reason to write theirs anew: the gap is for verifiers to see.
        if (Last() is { } last && last.LineHash != checkpoint.Previous && last.Checkpoint.Number >= checkpoint.Number)
        {
            return false;
        }
        var wanted = System.IO.Path.Combine(path, checkpoint.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + Pattern[1..]);
        // A clock that was set back must not put a line before the last one.
        var file = Files(path).LastOrDefault() is { } newest && string.CompareOrdinal(newest, wanted) > 0 ? newest : wanted;
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        CutTornLine(stream);
        stream.Write([.. line, (byte)'\n']);
        stream.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Puts the public key beside the checkpoints, for whoever verifies them.</summary>
    public void Publish(CheckpointKey key)
    {
        OwnerOnly.CreateFolder(path);
        var file = System.IO.Path.Combine(path, key.Id + ".pem");
        if (!File.Exists(file))
        {
            File.WriteAllText(file, key.PublicPem);
        }
    }

    /// <summary>The files in the order in which they were written.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal) : [];

    FileStream Lock()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return OwnerOnly.Open(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException exception) when (FileHold.IsHeldByAnother(exception))
            {
                if (tries == MaxTries)
                {
                    throw new IOException($"Another process has been writing into {path} for too long: it holds {LockFile}. Stop it if it does not go on.", exception);
                }
                Thread.Sleep(untilNextTry);
            }
        }
    }

    static List<ReadOnlyMemory<byte>> WholeLines(string file)
    {
        var text = File.ReadAllBytes(file);
        var lines = new List<ReadOnlyMemory<byte>>();
        for (int start = 0, end; (end = Array.IndexOf(text, (byte)'\n', start)) >= 0; start = end + 1)
        {
            lines.Add(text.AsMemory(start, end - start));
        }
        return lines;
    }

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
