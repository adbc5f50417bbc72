using System.Globalization;
using System.Security.Cryptography;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>One place in a chain that a checkpoint named.</summary>
[Pure]
readonly record struct NamedHead(long Sequence, string Hash, int Epoch, long Number, long AtMilliseconds);

/// <summary>All checkpoints that a verification was given: read, linked, signed, and sorted by what they name.</summary>
sealed class CheckpointBook
{
    readonly Dictionary<string, List<NamedHead>> named = new(StringComparer.Ordinal);

    /// <summary>For every folder the last checkpoint of each epoch.</summary>
    readonly List<Dictionary<int, (long Number, string Hash)>> ends = [];

    readonly IReadOnlyDictionary<string, ECDsa> keys;

    CheckpointBook(IReadOnlyDictionary<string, ECDsa> keys) => this.keys = keys;

    public static CheckpointBook Empty { get; } = new(new Dictionary<string, ECDsa>());

    public long Count { get; private set; }

    public Checkpoint? Last { get; private set; }

    /// <summary>The first line that is not what it should be; null where all are.</summary>
    public BadRow? Bad { get; private set; }

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
            if (book.Bad is not null)
            {
                break;
            }
        }
        foreach (var heads in book.named.Values)
        {
            heads.Sort(static (left, right) => left.Sequence != right.Sequence ? left.Sequence.CompareTo(right.Sequence) : left.Number.CompareTo(right.Number));
        }
        return book;
    }

    void ReadFolder(string folder)
    {
        var before = new Line(null, [], [], "", 0);
        ends.Add([]);
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
                if (Take(file, lines, text, ref before) is { } why)
                {
                    Bad = new BadRow(lines.Number, null, null, "checkpoint_file", $"{file}: {why}");
                    return;
                }
            }
        }
        if (before.Checkpoint is not null && !IsSigned(before))
        {
            Bad = new BadRow(before.Number, null, null, "checkpoint_file", $"{folder}: the signature of the last checkpoint is not one of key {before.Checkpoint.Key}.");
        }
    }

    /// <summary>Every line names the hash of the one before, signature included, so the last signature of a key vouches for all before it.</summary>
    string? Take(string file, LineReader lines, ReadOnlySpan<byte> text, ref Line before)
    {
        if (!lines.IsWhole || CheckpointText.Read(text) is not { } read)
        {
            return "this line is no checkpoint.";
        }
        var (checkpoint, signature, body) = read;
        if (!keys.ContainsKey(checkpoint.Key))
        {
            return $"it is signed with key {checkpoint.Key}, which is none of the public keys given.";
        }
        if (before.Checkpoint is { } last)
        {
            if (checkpoint.Previous != before.Hash || checkpoint.Number != last.Number + 1)
            {
                return "it does not follow the one before it: one of the two was changed, or one between them is missing.";
            }
            if (checkpoint.Key != last.Key)
            {
                if (!IsSigned(before))
                {
                    return $"the one before it is not signed by key {last.Key}.";
                }
                Notes.Add($"From checkpoint {checkpoint.Number} on, another key signs: {checkpoint.Key} instead of {last.Key}.");
            }
        }
        else if (checkpoint.Number != 1)
        {
            Notes.Add(string.Create(CultureInfo.InvariantCulture, $"The checkpoints in {Path.GetDirectoryName(file)} begin with number {checkpoint.Number}; the ones before are not there."));
        }
        before = new Line(checkpoint, body, signature, CheckpointText.HashOf(text), lines.Number);
        ends[^1][checkpoint.Epoch] = (checkpoint.Number, before.Hash);
        Add(checkpoint);
        return null;
    }

    void Add(Checkpoint checkpoint)
    {
        Count++;
        Last = Last is null || Last.AtMilliseconds <= checkpoint.AtMilliseconds ? checkpoint : Last;
        foreach (var (chain, head) in checkpoint.Heads)
        {
            if (!named.TryGetValue(chain, out var heads))
            {
                named[chain] = heads = [];
            }
            var hash = Convert.ToHexStringLower(head.Hash.Span);
            // A chain in which nothing happened is named again and again.
            if (heads.Count == 0 || heads[^1].Sequence != head.Sequence || heads[^1].Hash != hash || heads[^1].Epoch != checkpoint.Epoch)
            {
                heads.Add(new NamedHead(head.Sequence, hash, checkpoint.Epoch, checkpoint.Number, checkpoint.AtMilliseconds));
            }
        }
    }

    bool IsSigned(Line line) => CheckpointKey.IsSigned(keys[line.Checkpoint!.Key], line.Body, line.Signature);

    readonly record struct Line(Checkpoint? Checkpoint, byte[] Body, byte[] Signature, string Hash, long Number);
}
