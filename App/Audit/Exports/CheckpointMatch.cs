using System.Globalization;
using System.Text;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>
/// Compares a trail with what checkpoints named of it, while it is read chain by chain. What differs is judged at the end, once all
/// epochs are known: events that a restore took away are told as rewound, by epochs that the checkpoints make believable.
/// </summary>
sealed class CheckpointMatch(CheckpointBook book)
{
    readonly Dictionary<(string Chain, int Epoch), Suspect> suspects = [];
    readonly List<AuditEpoch> epochs = [];
    readonly List<AuditEpoch> doubted = [];
    readonly List<UnprotectedTail> unprotected = [];
    readonly HashSet<string> seen = new(StringComparer.Ordinal);
    IReadOnlyList<NamedHead> heads = [];
    string chain = "";
    long covered;
    long first;
    long last;
    int next;

    public IReadOnlyList<UnprotectedTail> Unprotected => unprotected;

    public void BeginChain(string name, long sequence)
    {
        seen.Add(name);
        (chain, heads, next, covered, first, last) = (name, book.Of(name), 0, 0, sequence, 0);
        while (next < heads.Count && heads[next].Sequence < sequence)
        {
            next++;
        }
    }

    /// <summary>An event that is linked well, in the order of its chain.</summary>
    public void Event(long line, long sequence, ReadOnlySpan<byte> hash)
    {
        last = sequence;
        for (; next < heads.Count && heads[next].Sequence <= sequence; next++)
        {
            if (heads[next].Sequence == sequence && Ascii.Equals(hash, heads[next].Hash))
            {
                covered = sequence;
            }
            else
            {
                suspects.TryAdd((chain, heads[next].Epoch), new Suspect(line, sequence, heads[next]));
            }
        }
    }

    public void Epoch(AuditEpoch epoch) => (book.Believes(epoch) ? epochs : doubted).Add(epoch);

    /// <param name="isWhole">False for a part of a trail, of which the rest is not missed.</param>
    public void EndChain(bool isWhole)
    {
        if (isWhole && next < heads.Count)
        {
            for (; next < heads.Count; next++)
            {
                suspects.TryAdd((chain, heads[next].Epoch), new Suspect(long.MaxValue, last + 1, heads[next]));
            }
        }
        if (covered < last)
        {
            unprotected.Add(new UnprotectedTail(chain, Math.Max(covered + 1, first), last));
        }
        heads = [];
    }

    /// <summary>The first thing that no epoch explains; what one explains becomes a note.</summary>
    /// <param name="at">When the export says that it was made, in Unix milliseconds; null where it does not say.</param>
    public BadRow? Judge(bool isWhole, long? at, List<string> notes)
    {
        foreach (var missing in isWhole ? book.Chains.Where(name => !seen.Contains(name)).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            BeginChain(missing, 1);
            EndChain(isWhole: true);
        }
        BadRow? bad = null;
        foreach (var ((name, epoch), suspect) in suspects.OrderBy(each => each.Value.Line).ThenBy(each => each.Key.Chain, StringComparer.Ordinal).ThenBy(each => each.Key.Epoch))
        {
            if (epochs.FirstOrDefault(each => each.Explains(name, suspect.Named.Sequence, epoch)) is { } explained)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"Chain {name} was rewound {explained.Dropped(name, book.Of(name).Where(head => head.Epoch == epoch).Max(head => head.Sequence))}"));
            }
            else
            {
                bad ??= suspect.Line == long.MaxValue
                    ? new BadRow(0, name, suspect.Sequence, "cut", string.Create(CultureInfo.InvariantCulture, $"Checkpoint {suspect.Named.Number} names event {suspect.Named.Sequence} of the chain; events from {suspect.Sequence} on are missing.{Later()}{Doubts()}"))
                    : new BadRow(suspect.Line, name, suspect.Sequence, "checkpoint", string.Create(CultureInfo.InvariantCulture, $"Checkpoint {suspect.Named.Number} names another hash for event {suspect.Named.Sequence}: the chain was written anew after a change at or before it.{Doubts()}"));
                string Later() => suspect.Named.AtMilliseconds > at ? " That checkpoint was written after the export says it was made: verify with checkpoints that were copied before it, or export again." : "";
                string Doubts() => AuditEpoch.Doubts(doubted, name, suspect.Named.Sequence, epoch);
            }
        }
        return bad;
    }

    readonly record struct Suspect(long Line, long Sequence, NamedHead Named);
}
