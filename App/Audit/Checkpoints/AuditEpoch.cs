using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit.Checkpoints;

/// <summary>What an epoch's event tells of the checkpoint that was the last before it.</summary>
[Pure]
sealed record EpochCheckpoint(long Number, int Epoch, long At, long AuditId, string Hash);

/// <summary>
/// A new count of the trail after the database went back: a restored backup has fewer events than were once there, and the next
/// ones take their numbers. The event names where every chain stood, so that checkpoints of the lost part read as rewound, not as broken.
/// </summary>
/// <param name="Epoch">2 for the first.</param>
/// <param name="Heads">The sequence at which every chain stood before this event.</param>
[Pure]
sealed record AuditEpoch(int Epoch, string Reason, EpochCheckpoint? LastCheckpoint, IReadOnlyDictionary<string, long> Heads)
{
    public const string Action = "audit.epoch_begun";

    /// <summary>The number before the first event of this kind.</summary>
    public const int First = 1;

    /// <summary>The number of its event in the system chain.</summary>
    [JsonIgnore]
    public long Sequence { get; init; }

    /// <summary>
    /// True where it may be believed: it names the last checkpoint before it, by a hash that nobody knows who has neither the folder nor
    /// the key, and as the head of its own chain the event just before itself. Only then it explains anything.
    /// </summary>
    /// <param name="number">Of the last checkpoint of an earlier epoch.</param>
    public bool Follows(long number, string hash) =>
        LastCheckpoint is { } last && last.Number == number && last.Hash == hash && Heads.GetValueOrDefault(AuditEvent.SystemChain) == Sequence - 1;

    /// <summary>True where it explains that an event with this sequence, named by a checkpoint of <paramref name="epoch"/>, is gone.</summary>
    public bool Explains(string chain, long sequence, int epoch) => Epoch > epoch && sequence > Heads.GetValueOrDefault(chain);

    /// <summary>What was dropped, and who says so.</summary>
    /// <param name="from">The last event of the chain that a checkpoint named.</param>
    public string Dropped(string chain, long from)
    {
        var head = Heads.GetValueOrDefault(chain);
        return FormattableString.Invariant($"from sequence {from} to {head}: epoch {Epoch} says: {Reason} What was signed as events {head + 1} to {from} is gone or was written anew; make sure that somebody restored a backup then.");
    }

    /// <summary>Says of epochs that would explain something why they are not believed; nothing where there is none.</summary>
    public static string Doubts(IEnumerable<AuditEpoch> doubted, string chain, long sequence, int epoch) =>
        doubted.FirstOrDefault(each => each.Explains(chain, sequence, epoch)) is { } other
            ? FormattableString.Invariant($" Epoch {other.Epoch} (event {other.Sequence} of {AuditEvent.SystemChain}) claims to explain it, but it does not name the last checkpoint before it, or not its own place.")
            : "";
}

/// <summary>Begins epochs, and reads which there are.</summary>
static class AuditEpochs
{
    /// <summary>Tells the trail that the database went back. Call it before anything else is appended to what was restored.</summary>
    /// <param name="lastCheckpoint">The last known one (<see cref="CheckpointFolder.Last"/>); null where none is left.</param>
    /// <param name="above">An epoch that is known from elsewhere to have been; the new one has a higher number.</param>
    /// <returns>The new epoch.</returns>
    public static AuditEpoch Begin(JournalTransaction transaction, string reason, WrittenCheckpoint? lastCheckpoint, Actor? actor = null, long above = AuditEpoch.First)
    {
        var heads = ChainHeads.Sequences(transaction);
        var last = lastCheckpoint?.Checkpoint;
        var number = (int)Math.Max(Math.Max(Newest(transaction), last?.Epoch ?? AuditEpoch.First), above) + 1;
        var epoch = new AuditEpoch(
            number,
            reason,
            last is null ? null : new EpochCheckpoint(last.Number, last.Epoch, last.AtMilliseconds, last.AuditId, lastCheckpoint!.LineHash),
            heads);
        transaction.Append(new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = AuditEpoch.Action,
            Actor = actor ?? Actor.System,
            TargetKind = "audit",
            TargetId = "epoch",
            Sentence = $"Epoch {number} of the trail begins: {reason}",
            Details = AuditJson.Element(epoch),
        });
        return epoch;
    }

    /// <summary>The number of the epoch that the trail is in.</summary>
    public static int Newest(JournalTransaction transaction)
    {
        var newest = AuditEpoch.First;
        var rows = transaction.Prepare("SELECT body FROM audit WHERE chain = ?1 AND action = ?2").Bind(1, AuditEvent.SystemChain).Bind(2, AuditEpoch.Action);
        while (rows.Step())
        {
            newest = Math.Max(newest, Read(rows.Blob(0))?.Epoch ?? 0);
        }
        return newest;
    }

    /// <summary>The epochs whose events stand behind <paramref name="sequence"/> in the system chain, in their order.</summary>
    public static IReadOnlyList<AuditEpoch> ReadAfter(GovernanceDb db, long sequence) =>
    [
        .. db.Audit.AsNoTracking()
            .Where(row => row.Chain == AuditEvent.SystemChain && row.Sequence > sequence && row.Action == AuditEpoch.Action)
            .OrderBy(row => row.Sequence)
            .Select(row => row.Body)
            .AsEnumerable()
            .Select(body => Read(body))
            .OfType<AuditEpoch>(),
    ];

    /// <summary>What the body of an event says; null where it begins no epoch.</summary>
    public static AuditEpoch? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("action", out var action) && action.ValueEquals(AuditEpoch.Action)
                && document.RootElement.GetProperty("details").Deserialize<AuditEpoch>(AuditJson.Options) is { Heads: not null, Reason: not null } epoch
                ? epoch with { Sequence = document.RootElement.GetProperty("sequence").GetInt64() }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }
}
