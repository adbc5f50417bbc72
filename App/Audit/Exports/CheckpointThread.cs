using System.Globalization;
using System.Security.Cryptography;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>
/// The checkpoints of one folder as they are read, line by line: which follow each other, which a writer added whose turn was over, and which
/// line is the first that cannot be right. Behind that one it goes on, so that one bad line hides nothing else.
/// </summary>
sealed class CheckpointThread(string folder, IReadOnlyDictionary<string, ECDsa> keys)
{
    /// <summary>The lines that follow each other since the last one that did not; their numbers are dense.</summary>
    readonly List<Link> links = [];

    /// <summary>The lines that do not count, by their hashes: what follows them does not count either.</summary>
    readonly HashSet<string> dropped = new(StringComparer.Ordinal);

    readonly Dictionary<string, List<NamedHead>> named = new(StringComparer.Ordinal);
    readonly Dictionary<int, (long Number, string Hash)> ends = [];
    Line? before;
    long place;

    /// <summary>What they name, by chain, in the order in which it was written.</summary>
    public IReadOnlyDictionary<string, List<NamedHead>> Named => named;

    /// <summary>The last checkpoint of each epoch, as far as signatures vouch for it.</summary>
    public IReadOnlyDictionary<int, (long Number, string Hash)> Ends => ends;

    public long Count { get; private set; }

    public Checkpoint? Last { get; private set; }

    /// <summary>The first line that is not what it should be; null where all are.</summary>
    public BadRow? Bad { get; private set; }

    public List<string> Notes { get; } = [];

    /// <param name="isWhole">False for a line without its end.</param>
    public void Take(string file, long number, bool isWhole, ReadOnlySpan<byte> text)
    {
        if (!isWhole || CheckpointText.Read(text) is not { } read)
        {
            Break(file, number, "this line is no checkpoint.");
            return;
        }
        var line = new Line(read.Checkpoint, read.Body, read.Signature, CheckpointText.HashOf(text), number);
        if (!keys.ContainsKey(line.Checkpoint.Key))
        {
            Break(file, number, $"it is signed with key {line.Checkpoint.Key}, which is none of the public keys given.");
        }
        else if (before is null)
        {
            if (Count == 0 && Bad is null && line.Checkpoint.Number != 1)
            {
                Notes.Add(string.Create(CultureInfo.InvariantCulture, $"The checkpoints in {folder} begin with number {line.Checkpoint.Number}; the ones before are not there."));
            }
            Accept(line);
        }
        else if (line.Checkpoint.Previous == before.Hash && line.Checkpoint.Number == before.Checkpoint.Number + 1)
        {
            Follow(file, line, before);
        }
        else
        {
            Contradict(file, line, before);
        }
    }

    /// <summary>After the last line.</summary>
    public void End()
    {
        if (before is { } last && !Close())
        {
            Bad ??= new BadRow(last.Number, null, null, "checkpoint_file", $"{folder}: the signature of the last checkpoint is not one of key {last.Checkpoint.Key}.");
        }
    }

    /// <summary>Every line names the hash of the one before, signature included, so the last signature of a key vouches for all before it.</summary>
    void Follow(string file, Line line, Line last)
    {
        if (line.Checkpoint.Key != last.Checkpoint.Key)
        {
            if (!IsSigned(last))
            {
                Break(file, line.Number, $"the one before it is not signed by key {last.Checkpoint.Key}.");
            }
            else
            {
                Notes.Add($"From checkpoint {line.Checkpoint.Number} on, another key signs: {line.Checkpoint.Key} instead of {last.Checkpoint.Key}.");
            }
        }
        Accept(line);
    }

    /// <summary>A line that does not follow the one before it, but an earlier one, as another does already: the two are a fork, and the writer with the higher token had the turn.</summary>
    void Contradict(string file, Line line, Line last)
    {
        var ancestor = Ancestor(line.Checkpoint);
        var isKnown = ancestor is not null || dropped.Contains(line.Checkpoint.Previous);
        if (isKnown && !IsSigned(line))
        {
            Bad ??= BadLine(file, line.Number, $"it does not follow the one before it, and its signature is not one of key {line.Checkpoint.Key}.");
            return;
        }
        var rival = ancestor is { } at ? links[at + 1].Token : last.Checkpoint.Token;
        if (isKnown && line.Checkpoint.Token < rival)
        {
            Drop(line.Checkpoint.Number, line.Checkpoint.Token, line.Hash);
            return;
        }
        if (ancestor is { } forked && line.Checkpoint.Token > rival)
        {
            Displace(forked);
        }
        else
        {
            Break(file, line.Number, isKnown
                ? "it does not follow the one before it, but an earlier one: two writers have written at once, and no token says whose turn it was."
                : "it does not follow the one before it: one of the two was changed, or one between them is missing.");
        }
        Accept(line);
    }

    /// <summary>The index of the line that a line follows, -1 where it is a first one; null where it follows none of these.</summary>
    int? Ancestor(Checkpoint checkpoint)
    {
        var at = checkpoint.Number - 1 - links[0].Number;
        return at == -1 ? checkpoint.Previous == Checkpoint.NoPrevious && checkpoint.Number == 1 ? -1 : null
            : at >= 0 && at < links.Count - 1 && links[(int)at].Hash == checkpoint.Previous ? (int)at : null;
    }

    /// <summary>Takes back what stands behind a line.</summary>
    void Displace(int ancestor)
    {
        foreach (var link in links[(ancestor + 1)..])
        {
            Drop(link.Number, link.Token, link.Hash);
        }
        var kept = links[ancestor + 1].Place;
        Count -= links.Count - ancestor - 1;
        links.RemoveRange(ancestor + 1, links.Count - ancestor - 1);
        foreach (var heads in named.Values)
        {
            heads.RemoveAll(head => head.Place >= kept);
        }
    }

    void Drop(long number, long token, string hash)
    {
        dropped.Add(hash);
        Notes.Add(string.Create(CultureInfo.InvariantCulture, $"A second checkpoint {number} in {folder} does not count: it was written by a writer whose turn was over (token {token})."));
    }

    void Accept(Line line)
    {
        var checkpoint = line.Checkpoint;
        (before, Last) = (line, checkpoint);
        links.Add(new Link(checkpoint.Number, line.Hash, checkpoint.Token, checkpoint.Epoch, ++place));
        Count++;
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
                heads.Add(new NamedHead(head.Sequence, hash, checkpoint.Epoch, checkpoint.Number, checkpoint.AtMilliseconds, place));
            }
        }
    }

    /// <summary>Whatever comes next begins anew; what was read stays to be compared.</summary>
    void Break(string file, long number, string why)
    {
        Bad ??= BadLine(file, number, why);
        Close();
    }

    /// <summary>Ends a run of lines. False where nothing vouches for its end: then no epoch is believed for naming it.</summary>
    bool Close()
    {
        var isSigned = before is not null && IsSigned(before);
        foreach (var link in isSigned ? links : [])
        {
            ends[link.Epoch] = (link.Number, link.Hash);
        }
        links.Clear();
        before = null;
        return isSigned;
    }

    bool IsSigned(Line line) => CheckpointKey.IsSigned(keys[line.Checkpoint.Key], line.Body, line.Signature);

    static BadRow BadLine(string file, long number, string why) => new(number, null, null, "checkpoint_file", $"{file}: {why}");

    sealed record Line(Checkpoint Checkpoint, byte[] Body, byte[] Signature, string Hash, long Number);

    readonly record struct Link(long Number, string Hash, long Token, int Epoch, long Place);
}
