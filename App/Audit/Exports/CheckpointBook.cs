using System.Security.Cryptography;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>One place in a chain that a checkpoint named.</summary>
/// <param name="Place">Of the checkpoint among those of its folder, from 1.</param>
[Pure]
readonly record struct NamedHead(long Sequence, string Hash, int Epoch, long Number, long AtMilliseconds, long Place);

/// <summary>All checkpoints that a verification was given: read, linked, signed, and sorted by what they name.</summary>
sealed class CheckpointBook
{
    readonly Dictionary<string, List<NamedHead>> named = new(StringComparer.Ordinal);

    /// <summary>For every folder the last checkpoint of each epoch.</summary>
    readonly List<IReadOnlyDictionary<int, (long Number, string Hash)>> ends = [];

    readonly IReadOnlyDictionary<string, ECDsa> keys;

    CheckpointBook(IReadOnlyDictionary<string, ECDsa> keys) => this.keys = keys;

    public static CheckpointBook Empty { get; } = new(new Dictionary<string, ECDsa>());

    public long Count { get; private set; }

    public Checkpoint? Last { get; private set; }

    /// <summary>The first line of each folder that is not what it should be. What stands behind it was read all the same.</summary>
    public List<BadRow> BadLines { get; } = [];

    public BadRow? Bad => BadLines.FirstOrDefault();

    public List<string> Notes { get; } = [];

    public IReadOnlyCollection<string> Chains => named.Keys;

    /// <summary>What they name of a chain, in the order of its events.</summary>
    public IReadOnlyList<NamedHead> Of(string chain) => named.TryGetValue(chain, out var heads) ? heads : [];

    /// <summary>True where the epoch names the last checkpoint before it, of one of the folders, and its own place; only then it may explain what differs.</summary>
    public bool Believes(AuditEpoch epoch) => ends.Exists(folder =>
        folder.Where(end => end.Key < epoch.Epoch).Select(end => end.Value).OrderByDescending(end => end.Number).Take(1).Any(last => epoch.Follows(last.Number, last.Hash)));

    /// <summary>Reads every <c>*.checkpoints</c> file of the folders and of the folders in them; each folder is a line of its own.</summary>
    public static CheckpointBook Read(IEnumerable<string> folders, IReadOnlyDictionary<string, ECDsa> keys)
    {
        var book = new CheckpointBook(keys);
        foreach (var folder in folders.SelectMany(folder => Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder)).Order(StringComparer.Ordinal))
        {
            book.ReadFolder(folder);
        }
        foreach (var heads in book.named.Values)
        {
            heads.Sort(static (left, right) => left.Sequence != right.Sequence ? left.Sequence.CompareTo(right.Sequence) : left.Number.CompareTo(right.Number));
        }
        return book;
    }

    void ReadFolder(string folder)
    {
        var thread = new CheckpointThread(folder, keys);
        var files = CheckpointFolder.Files(folder).ToList();
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            var lines = new LineReader(stream);
            while (lines.Next(out var text))
            {
                if (!lines.IsWhole && file == files[^1])
                {
                    Notes.Add($"The last line of {file} is not whole: a checkpoint was being written when the process ended, or the file was cut.");
                    break;
                }
                thread.Take(file, lines.Number, lines.IsWhole, text);
            }
        }
        thread.End();
        Add(thread);
    }

    void Add(CheckpointThread thread)
    {
        Count += thread.Count;
        Notes.AddRange(thread.Notes);
        ends.Add(thread.Ends);
        if (thread.Bad is { } bad)
        {
            BadLines.Add(bad);
        }
        if (thread.Last is { } last)
        {
            Last = Last is null || Last.AtMilliseconds <= last.AtMilliseconds ? last : Last;
        }
        foreach (var (chain, heads) in thread.Named)
        {
            if (!named.TryGetValue(chain, out var all))
            {
                named[chain] = all = [];
            }
            all.AddRange(heads);
        }
    }
}
