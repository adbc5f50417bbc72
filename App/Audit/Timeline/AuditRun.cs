using System.Text.RegularExpressions;

namespace Governance.Audit.Timeline;

/// <summary>Entries that say the same one after the other, newest first; mostly one.</summary>
[Pure]
public sealed record AuditRun(IReadOnlyList<AuditEntry> Entries)
{
    public AuditEntry Newest => Entries[0];

    public AuditEntry Oldest => Entries[^1];

    public DateOnly Day => DateOnly.FromDateTime(Newest.At.UtcDateTime);
}

/// <summary>Gathers repeated enforcements, so that one busy client does not push everything else out of sight.</summary>
[Pure]
static partial class AuditRuns
{
    /// <summary>Runs in the order of the entries. Only what was enforced on calls is gathered, and never beyond a day.</summary>
    public static IReadOnlyList<AuditRun> Of(IReadOnlyList<AuditEntry> entries)
    {
        var runs = new List<AuditRun>();
        var gathered = new List<AuditEntry>();
        foreach (var entry in entries)
        {
            if (gathered.Count > 0 && !Same(gathered[^1], entry))
            {
                runs.Add(new AuditRun(gathered));
                gathered = [];
            }
            gathered.Add(entry);
        }
        if (gathered.Count > 0)
        {
            runs.Add(new AuditRun(gathered));
        }
        return runs;
    }

    static bool Same(AuditEntry newer, AuditEntry older) =>
        newer.TargetKind == "call" && older.TargetKind == "call"
        && newer.Category is AuditCategory.Blocked or AuditCategory.Intervened && newer.Category == older.Category
        && newer.Action == older.Action && newer.Project == older.Project && newer.ActorId == older.ActorId && newer.ActorKind == older.ActorKind
        && newer.At.UtcDateTime.Date == older.At.UtcDateTime.Date
        && WithoutAmounts(newer.Sentence) == WithoutAmounts(older.Sentence);

    /// <summary>Refusals of one budget differ only in the spend of their instant.</summary>
    static string WithoutAmounts(string sentence) => Dollars().Replace(sentence, "$");

    [GeneratedRegex(@"−?\$[0-9][0-9,]*(\.[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Dollars();
}
