using System.Text.Json;
using Governance.Audit;
using Governance.Journal;

namespace Governance.Operations.Start;

/// <summary>Compares the places that this instance found with those that the trail remembers, and tells the trail where they are new. A contradiction is written only to replace what is known.</summary>
sealed class SharedPlacesWork(IReadOnlyList<SharedPlace> found, bool replace) : JournalWork<SharedPlacesWork.Answer>
{
    public const string Action = "instances.places_found";

    /// <param name="Contradicted">What this instance found, each with what is known instead.</param>
    /// <param name="Others">Signs of the other instances that have not ended; one that lives has another sign soon.</param>
    public sealed record Answer(IReadOnlyList<(SharedPlace Mine, SharedPlace Theirs)> Contradicted, IReadOnlyList<(string Instance, long Heartbeat, long Group)> Others);

    public override void Execute(JournalTransaction transaction)
    {
        var known = Known(transaction);
        List<(SharedPlace, SharedPlace)> contradicted = [.. from mine in found from theirs in known where mine.Contradicts(theirs) select (mine, theirs)];
        if (contradicted.Count == 0 || replace)
        {
            Tell(transaction, known);
        }
        Result = new Answer(contradicted, Others(transaction));
    }

    void Tell(JournalTransaction transaction, IReadOnlyList<SharedPlace> known)
    {
        var merged = SharedPlace.Merge(known, found);
        if (!SharedPlace.Differ(known, merged))
        {
            return;
        }
        transaction.Append(new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = Action,
            Actor = Actor.System,
            TargetKind = "instances",
            TargetId = "places",
            Sentence = $"{Environment.MachineName} found what the instances share outside the database: {string.Join(", ", merged.Select(place => place.Path))}.",
            Details = AuditJson.Element(new { places = merged }),
        });
    }

    static List<SharedPlace> Known(JournalTransaction transaction)
    {
        var row = transaction.Prepare("SELECT body FROM audit WHERE chain = ?1 AND action = ?2 ORDER BY sequence DESC LIMIT 1").Bind(1, AuditEvent.SystemChain).Bind(2, Action);
        var body = row.Step() ? row.Blob(0) : null;
        row.Reset();
        if (body is null)
        {
            return [];
        }
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("details").GetProperty("places").Deserialize<List<SharedPlace>>(AuditJson.Options) ?? [];
    }

    static List<(string, long, long)> Others(JournalTransaction transaction)
    {
        var others = new List<(string, long, long)>();
        var rows = transaction.Prepare("SELECT id, heartbeat_milliseconds, last_group FROM instances WHERE ended_milliseconds IS NULL AND id <> ?1").Bind(1, transaction.Instance);
        while (rows.Step())
        {
            others.Add((rows.Text(0), rows.Integer(1), rows.Integer(2)));
        }
        rows.Reset();
        return others;
    }
}
