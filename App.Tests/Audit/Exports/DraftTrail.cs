using System.Security.Cryptography;
using System.Text;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Tests.Audit.Exports;

/// <summary>A trail in memory: random events in several chains, seals with their entries and corrections, signed checkpoints in a folder. It can do what somebody with the database in hand could.</summary>
sealed class DraftTrail : IDisposable
{
    static readonly string[] words = ["refused", "größer", "“quoted”", "\"", "\\", "\u0001", "😀", "</script>", "a", "budget", "\n"];

    readonly Random random;
    readonly CheckpointKey key;
    WrittenCheckpoint? last;
    long at = 1_790_000_000_000;
    long nextId = 1_000;

    public DraftTrail(Random random, CheckpointKey key, string folder)
    {
        (this.random, this.key, Folder) = (random, key, folder);
        Directory.CreateDirectory(folder);
    }

    public sealed record Event(byte[] Body, byte[] Hash, IReadOnlyList<byte[]> Entries, IReadOnlyList<byte[]> Corrections);

    public string Folder { get; }

    public WrittenCheckpoint? Last => last;

    public SortedDictionary<string, List<Event>> Chains { get; } = new(StringComparer.Ordinal);

    public int Epoch { get; private set; } = 1;

    /// <summary>At least two events in every chain, so that no two lines can change places unseen.</summary>
    public static DraftTrail Create(Random random, CheckpointKey key, string folder, int events)
    {
        var draft = new DraftTrail(random, key, folder);
        string[] chains = ["_system", "_ledger", .. Enumerable.Range(1, random.Next(1, 4)).Select(i => "project-" + i)];
        foreach (var chain in chains.Concat(chains))
        {
            draft.AppendRandom(chain);
        }
        draft.Grow(events, chains);
        return draft;
    }

    public void Grow(int events, params string[] chains)
    {
        for (var i = 0; i < events; i++)
        {
            AppendRandom((chains.Length > 0 ? chains : [.. Chains.Keys])[random.Next(chains.Length > 0 ? chains.Length : Chains.Count)]);
            if (random.Next(8) == 0)
            {
                Checkpoint();
            }
        }
    }

    /// <summary>What comes now was written by a clock that is behind the one before.</summary>
    public void TurnBack(long milliseconds) => at -= milliseconds;

    public void AppendRandom(string chain)
    {
        at += random.Next(3);
        if (chain == AuditEvent.LedgerChain)
        {
            var batch = Chains.GetValueOrDefault(chain)?.Count + 1 ?? 1;
            // Some seals stand for both kinds of rows, some for corrections alone.
            var corrections = random.Next(3) == 0 ? random.Next(1, 3) : 0;
            AppendSeal(
                [.. Enumerable.Range(0, random.Next(corrections > 0 ? 0 : 1, 4)).Select(_ => Entry(nextId++, batch, random.Next()))],
                [.. Enumerable.Range(0, corrections).Select(_ => Entry(nextId++, batch, random.Next(), "correction"))]);
            return;
        }
        var sentence = string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)]));
        Append(Told(chain, "thing.changed", sentence, new { number = random.Next(), text = sentence }), [], []);
    }

    /// <param name="mark">What keeps the bytes of a correction apart; null for an entry.</param>
    public static byte[] Entry(long id, long batch, long cost, string? mark = null)
    {
        var bytes = new EntryBytes();
        if (mark is not null)
        {
            bytes.Add(mark);
        }
        bytes.Add(id);
        bytes.Add(batch);
        bytes.Add("project-1");
        bytes.Add((string?)null);
        bytes.Add(cost);
        return bytes.Written.ToArray();
    }

    public void AppendSeal(IReadOnlyList<byte[]> entries, IReadOnlyList<byte[]> corrections) =>
        Append(Told(AuditEvent.LedgerChain, "ledger.sealed", "Sealed.", Numbers(entries, corrections)), entries, corrections);

    public static LedgerSeal.Numbers Numbers(IReadOnlyList<byte[]> entries, IReadOnlyList<byte[]> corrections)
    {
        static long Id(byte[] entry) => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(1));
        var digest = Convert.ToHexStringLower(SHA256.HashData([.. entries.Concat(corrections).SelectMany(SHA256.HashData)]));
        return entries.Count == 0 ? new LedgerSeal.Numbers(0, 0, 0, digest, corrections.Count) : new LedgerSeal.Numbers(entries.Count, Id(entries[0]), Id(entries[^1]), digest, corrections.Count);
    }

    public static AuditEvent Told(string chain, string action, string sentence, object details) => new()
    {
        Chain = chain,
        Category = AuditCategory.System,
        Action = action,
        Actor = Actor.System,
        TargetKind = "thing",
        TargetId = "one",
        Sentence = sentence,
        Details = AuditJson.Element(details),
    };

    public void Append(AuditEvent told, IReadOnlyList<byte[]> entries, IReadOnlyList<byte[]> corrections)
    {
        if (!Chains.TryGetValue(told.Chain, out var events))
        {
            Chains[told.Chain] = events = [];
        }
        var body = AuditChain.Body(told, events.Count + 1, at);
        events.Add(new Event(body, AuditChain.Link(told.Chain, events.Count + 1, events is [.., var before] ? before.Hash : new byte[32], body), entries, corrections));
    }

    /// <summary>Recomputes every hash of a chain, as a forger would after a change.</summary>
    public void Relink(string chain)
    {
        var events = Chains[chain];
        for (var i = 0; i < events.Count; i++)
        {
            events[i] = events[i] with { Hash = AuditChain.Link(chain, i + 1, i == 0 ? new byte[32] : events[i - 1].Hash, events[i].Body) };
        }
    }

    public void Checkpoint()
    {
        var (checkpoint, line) = Sign(last, 0);
        Assert.True(new CheckpointFolder(Folder).TryAppend(checkpoint, line));
        last = new WrittenCheckpoint(checkpoint, CheckpointText.HashOf(line));
    }

    /// <summary>Adds a line behind all others, whichever one it says that it follows: as a writer does that no lock holds back.</summary>
    public WrittenCheckpoint Checkpoint(WrittenCheckpoint? follows, long token)
    {
        var (checkpoint, line) = Sign(follows, token);
        var file = CheckpointFolder.Files(Folder).LastOrDefault() ?? Path.Combine(Folder, "2026-11-01.checkpoints");
        File.AppendAllText(file, Encoding.UTF8.GetString(line) + "\n");
        return last = new WrittenCheckpoint(checkpoint, CheckpointText.HashOf(line));
    }

    (Checkpoint Checkpoint, byte[] Line) Sign(WrittenCheckpoint? follows, long token)
    {
        var checkpoint = new Checkpoint
        {
            Number = (follows?.Checkpoint.Number ?? 0) + 1,
            AtMilliseconds = at,
            Epoch = Epoch,
            Token = token,
            AuditId = Chains.Values.Sum(events => events.Count),
            Key = key.Id,
            Previous = follows?.LineHash ?? Governance.Audit.Checkpoints.Checkpoint.NoPrevious,
            Reason = "asked",
            Heads = Chains.ToDictionary(chain => chain.Key, chain => new ChainHead(chain.Value.Count, chain.Value[^1].Hash)),
        };
        var body = CheckpointText.Write(checkpoint);
        return (checkpoint, CheckpointText.Line(body, key.Sign(body)));
    }

    /// <summary>Goes back, as a restored backup does: every chain keeps a share of its events.</summary>
    public Dictionary<string, long> Rewind(double share)
    {
        foreach (var events in Chains.Values)
        {
            var kept = Math.Max(1, (int)(events.Count * share));
            events.RemoveRange(kept, events.Count - kept);
        }
        return Chains.ToDictionary(chain => chain.Key, chain => (long)chain.Value.Count);
    }

    /// <summary>Tells of an epoch, as whoever knows the last checkpoint can.</summary>
    public void BeginEpoch(string reason, Dictionary<string, long> heads) => BeginEpoch(reason, heads, last);

    public void BeginEpoch(string reason, Dictionary<string, long> heads, WrittenCheckpoint? named)
    {
        Epoch++;
        var told = named is { Checkpoint: var checkpoint }
            ? new EpochCheckpoint(checkpoint.Number, checkpoint.Epoch, checkpoint.AtMilliseconds, checkpoint.AuditId, named.LineHash)
            : null;
        Append(Told(AuditEvent.SystemChain, AuditEpoch.Action, "A new epoch.", new AuditEpoch(Epoch, reason, told, heads)), [], []);
    }

    public byte[] Export()
    {
        using var stream = new MemoryStream();
        using var writer = new ExportWriter(stream);
        writer.WriteHeader(new ExportHeader(at, Chains.Values.Sum(events => events.Count), Chains.Values.Sum(events => events.Count), Chains.Values.Sum(events => events.Sum(each => each.Entries.Count)), Chains.Values.Sum(events => events.Sum(each => each.Corrections.Count)), null));
        foreach (var (chain, events) in Chains)
        {
            for (var i = 0; i < events.Count; i++)
            {
                writer.WriteEvent(chain, i + 1, i == 0 ? new byte[32] : events[i - 1].Hash, events[i].Hash, events[i].Body);
                foreach (var entry in events[i].Entries)
                {
                    writer.WriteEntry(entry);
                }
                foreach (var correction in events[i].Corrections)
                {
                    writer.WriteCorrection(correction);
                }
            }
        }
        writer.Complete();
        return stream.ToArray();
    }

    /// <summary>The body with another sequence, or another sentence.</summary>
    public static byte[] Edit(byte[] body, string from, string to) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(from, to, StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
