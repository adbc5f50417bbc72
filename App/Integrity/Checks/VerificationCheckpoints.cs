using System.Security.Cryptography;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>Compares the chains with the signed checkpoints outside the database: a tail that was cut, a history that was changed and linked anew.</summary>
static class VerificationCheckpoints
{
    public const string Invariant = "checkpoint";

    /// <summary>Reads what was signed. Before the snapshot is taken: only what is committed is signed, so a view that is taken later has all of it.</summary>
    public static SignedTrail Read(CheckpointSettings settings)
    {
        try
        {
            return new SignedTrail(settings.Folder, CheckpointBook.Read(Directory.Exists(settings.Folder) ? [settings.Folder] : [], Keys(settings)), null);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new SignedTrail(settings.Folder, CheckpointBook.Empty, exception.Message);
        }
    }

    /// <summary>Answers how many checkpoints there are.</summary>
    public static long Check(LedgerSnapshot snapshot, Findings findings, SignedTrail signed)
    {
        var book = signed.Book;
        if (signed.Unreadable is { } unreadable)
        {
            findings.Fail(Invariant, signed.Folder, $"The checkpoints cannot be read, so nothing was compared with them: {unreadable}");
            return 0;
        }
        // What the other lines name is compared all the same, so that one bad line hides nothing.
        foreach (var bad in book.BadLines)
        {
            findings.Fail(Invariant, $"line {bad.Line}", bad.Why);
        }
        foreach (var note in book.Notes)
        {
            findings.Note(Invariant, signed.Folder, note);
        }
        Compare(snapshot, findings, book);
        var covered = book.Last?.AuditId ?? 0;
        if (snapshot.LastAuditId > covered)
        {
            findings.Note(Invariant, signed.Folder, book.Last is null
                ? $"There are no checkpoints: the {snapshot.LastAuditId} events are not protected against whoever administers the database."
                : $"{snapshot.LastAuditId - covered} events are behind the last checkpoint of {book.Last.At:yyyy-MM-dd HH:mm:ss}Z and not protected yet.");
        }
        return book.Count;
    }

    static void Compare(LedgerSnapshot snapshot, Findings findings, CheckpointBook book)
    {
        var epochs = Epochs(snapshot).ToLookup(book.Believes);
        foreach (var chain in book.Chains.Order(StringComparer.Ordinal))
        {
            foreach (var epoch in book.Of(chain).GroupBy(head => head.Epoch))
            {
                Compare(snapshot, findings, chain, [.. epoch], epochs);
            }
        }
    }

    /// <summary>The chains are linked from their first event, so the last place that an epoch's checkpoints named vouches for all before it; and where that is explained as gone, the last one that should still be there.</summary>
    static void Compare(LedgerSnapshot snapshot, Findings findings, string chain, NamedHead[] heads, ILookup<bool, AuditEpoch> epochs)
    {
        for (var last = heads.Length - 1; last >= 0;)
        {
            var named = heads[last];
            var row = snapshot.Prepare("SELECT hash FROM audit WHERE chain = ?1 AND sequence = ?2").Bind(1, chain).Bind(2, named.Sequence);
            var hash = row.Step() ? Convert.ToHexStringLower(row.Blob(0)) : null;
            row.Reset();
            if (hash == named.Hash)
            {
                return;
            }
            if (epochs[true].FirstOrDefault(epoch => epoch.Explains(chain, named.Sequence, named.Epoch)) is not { } explained)
            {
                var doubts = AuditEpoch.Doubts(epochs[false], chain, named.Sequence, named.Epoch);
                findings.Fail(Invariant, $"audit {chain} {named.Sequence}", hash is null
                    ? $"Checkpoint {named.Number} names it, and it is not there: the end of the chain was cut off.{doubts}"
                    : $"Checkpoint {named.Number} names another hash for it: the chain was written anew after a change at or before it.{doubts}");
                return;
            }
            findings.Note(Invariant, $"audit {chain} {named.Sequence}", $"Rewound {explained.Dropped(chain, named.Sequence)}");
            while (last >= 0 && heads[last].Sequence > explained.Heads.GetValueOrDefault(chain))
            {
                last--;
            }
        }
    }

    static List<AuditEpoch> Epochs(LedgerSnapshot snapshot)
    {
        var epochs = new List<AuditEpoch>();
        var rows = snapshot.Prepare($"SELECT body FROM audit WHERE chain = '{AuditEvent.SystemChain}' AND action = '{AuditEpoch.Action}' ORDER BY sequence");
        while (rows.Step())
        {
            if (AuditEpochs.Read(rows.Blob(0)) is { } epoch)
            {
                epochs.Add(epoch);
            }
        }
        return epochs;
    }

    /// <summary>The keys beside the checkpoints, and the own one; that one is not missed where only its public half lies open to whoever asks.</summary>
    static Dictionary<string, ECDsa> Keys(CheckpointSettings settings)
    {
        var texts = Directory.Exists(settings.Folder) ? Directory.EnumerateFiles(settings.Folder, "*.pem", SearchOption.AllDirectories).Select(File.ReadAllText).ToList() : [];
        try
        {
            using var own = CheckpointKey.Load(settings.KeyFile);
            texts.Add(own?.PublicPem ?? "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Where a checkpoint needs it, that is what is told.
        }
        return texts.SelectMany(CheckpointKey.ReadPublic).DistinctBy(key => key.Key).ToDictionary(StringComparer.Ordinal);
    }
}

/// <summary>What lies outside the database of a trail, as it was before the database was read.</summary>
/// <param name="Unreadable">Why the checkpoints cannot be read; null where they can.</param>
sealed record SignedTrail(string Folder, CheckpointBook Book, string? Unreadable);
