using System.Text.Json;
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

    /// <summary>True where it explains that an event with this sequence, named by a checkpoint of <paramref name="epoch"/>, is gone.</summary>
    public bool Explains(string chain, long sequence, int epoch) => Epoch > epoch && sequence > Heads.GetValueOrDefault(chain);
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
        var heads = Heads(transaction);
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

    static Dictionary<string, long> Heads(JournalTransaction transaction)
    {
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        var rows = transaction.Prepare("SELECT chain, MAX(sequence) FROM audit GROUP BY chain");
        while (rows.Step())
        {
            heads[rows.Text(0)] = rows.Integer(1);
        }
        return heads;
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
    public static IReadOnlyList<(long Sequence, AuditEpoch Epoch)> ReadAfter(GovernanceDb db, long sequence) =>
    [
        .. db.Audit.AsNoTracking()
            .Where(row => row.Chain == AuditEvent.SystemChain && row.Sequence > sequence && row.Action == AuditEpoch.Action)
            .OrderBy(row => row.Sequence)
            .Select(row => new { row.Sequence, row.Body })
            .AsEnumerable()
            .Select(row => (row.Sequence, Read(row.Body)))
            .Where(each => each.Item2 is not null)
            .Select(each => (each.Sequence, each.Item2!)),
    ];

    /// <summary>What the body of an event says; null where it begins no epoch.</summary>
    public static AuditEpoch? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("action", out var action) && action.ValueEquals(AuditEpoch.Action)
                && document.RootElement.GetProperty("details").Deserialize<AuditEpoch>(AuditJson.Options) is { Heads: not null, Reason: not null } epoch
                ? epoch
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
