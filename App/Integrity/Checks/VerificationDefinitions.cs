using System.Text.Json;
using Governance.Audit;
using Governance.Journal;

namespace Governance.Integrity.Checks;

/// <summary>
/// Every definition that is in force (a cap, a rule, a key, a plan, a price) says what the newest event of it says that it was set to,
/// and what the trail says is there is there. Each is written with its event in one transaction, so what differs was changed past the product.
/// </summary>
static class VerificationDefinitions
{
    public const string Invariant = "definition";

    /// <summary>What the trail calls the rows of each table of definitions.</summary>
    static readonly (string Table, string Kind)[] tables =
    [
        ("budgets", "budget"), ("keys", "key"), ("management_keys", "management_key"), ("prices", "price"), ("projects", "project"),
        ("routes", "route"), ("rules", "rule"), ("upstreams", "upstream"), ("workspaces", Workspace),
    ];

    const string Workspace = "workspace";
    const int LongestShown = 60;

    /// <summary>Answers how many definitions were compared.</summary>
    public static long Check(LedgerSnapshot snapshot, Findings findings)
    {
        var count = 0L;
        var told = Told(snapshot);
        foreach (var (table, kind) in tables)
        {
            var rows = snapshot.Prepare($"SELECT id, definition FROM {table} ORDER BY id");
            while (rows.Step())
            {
                count++;
                Compare(findings, kind, rows.Text(0), rows.Text(1), told.Remove((kind, rows.Text(0)), out var newest) ? newest : null);
            }
        }
        foreach (var ((kind, id), last) in told.Where(each => each.Value.After is not null).OrderBy(each => each.Key))
        {
            findings.Fail(Invariant, $"{kind} {id}", $"It is not there, but nobody removed it: {last.Event} says that it is.");
        }
        return count;
    }

    static void Compare(Findings findings, string kind, string id, string stored, Newest? newest)
    {
        if (newest?.After is not { } after)
        {
            findings.Fail(Invariant, $"{kind} {id}", newest is null ? "The trail does not tell of it: nobody made it." : $"It is there, but {newest.Value.Event} removed it.");
            return;
        }
        try
        {
            using var now = JsonDocument.Parse(stored);
            if (!JsonElement.DeepEquals(now.RootElement, after))
            {
                findings.Fail(Invariant, $"{kind} {id}", $"It was changed past the trail; {newest.Value.Event} set it last. {string.Join(", ", Differences(now.RootElement, after))}.");
            }
        }
        catch (JsonException)
        {
            findings.Fail(Invariant, $"{kind} {id}", "What is stored cannot be read.");
        }
    }

    /// <summary>What each definition was set to last, by kind and id.</summary>
    static Dictionary<(string Kind, string Id), Newest> Told(LedgerSnapshot snapshot)
    {
        var told = new Dictionary<(string, string), Newest>();
        var kinds = tables.Select(table => table.Kind).ToHashSet(StringComparer.Ordinal);
        var rows = snapshot.Prepare($"SELECT target_kind, target_id, chain, sequence, body FROM audit WHERE category = {(int)AuditCategory.Change} ORDER BY id");
        while (rows.Step())
        {
            var (kind, place) = (rows.Text(0), $"event {rows.Text(2)} {rows.Integer(3)}");
            // There is one workspace, whatever it calls itself.
            var id = kind == Workspace ? Workspace : rows.Text(1);
            if (!kinds.Contains(kind) || Read(rows.Blob(4)) is not { } body)
            {
                continue;
            }
            if (body.TryGetProperty("after", out var after) && after.ValueKind is JsonValueKind.Object)
            {
                told[(kind, id)] = new Newest(after, place);
            }
            else if (body.TryGetProperty("before", out _))
            {
                told[(kind, id)] = new Newest(null, place);
            }
        }
        return told;
    }

    /// <summary>Null where it cannot be read, which is named where the chains are checked.</summary>
    static JsonElement? Read(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static IEnumerable<string> Differences(JsonElement stored, JsonElement told)
    {
        if (stored.ValueKind is not JsonValueKind.Object)
        {
            return ["What is stored is no definition"];
        }
        var fields = stored.EnumerateObject().Select(field => field.Name).Union(told.EnumerateObject().Select(field => field.Name), StringComparer.Ordinal);
        return
        [
            .. from field in fields
               let now = Text(stored, field)
               let then = Text(told, field)
               where now != then
               select $"{field}: stored {now}, told {then}",
        ];
    }

    static string Text(JsonElement definition, string field) =>
        !definition.TryGetProperty(field, out var value) ? "nothing"
        : value.GetRawText() is { Length: > LongestShown } text ? text[..LongestShown] + "…"
        : value.GetRawText();

    /// <param name="After">Null where it was removed.</param>
    readonly record struct Newest(JsonElement? After, string Event);
}
