using Governance.Audit;

namespace Governance.Budgets.Editor;

/// <summary>What an edit of a budget changes, as sentences for people, plain text.</summary>
[Pure]
static class BudgetChange
{
    /// <summary>Null before is a new budget, null after a removed one. Nothing where nothing changed; the order of a list is not a change.</summary>
    public static IReadOnlyList<string> Sentences(BudgetDefinition? before, BudgetDefinition? after)
    {
        if (before is null || after is null)
        {
            return before is not null ? [$"Budget {before.Id} removed: {BudgetSentence.Of(before)}"]
                : after is not null ? [$"Budget {after.Id} created for {BudgetWords.Of(after.Scope)}: {BudgetSentence.Of(after)}"]
                : [];
        }
        var id = after.Id;
        var sentences = new List<string>();
        if (before.Retired != after.Retired)
        {
            sentences.Add(after.Retired ? $"Budget {id} retired: it counts and stops nothing." : $"Budget {id} is in force again.");
        }
        if (before.Cap != after.Cap)
        {
            sentences.Add(Cap(after, before.Cap, after.Cap));
        }
        if (before.HardBlock != after.HardBlock)
        {
            sentences.Add(after.HardBlock ? $"Hard block of {id} turned on: calls stop at the cap." : $"Hard block of {id} turned off: calls keep flowing past the cap.");
        }
        if (BudgetWords.Window(before) != BudgetWords.Window(after))
        {
            sentences.Add($"Window of {id} changed from {BudgetWords.Window(before)} to {BudgetWords.Window(after)}.");
        }
        if (before.TimeZone != after.TimeZone)
        {
            sentences.Add($"Time zone of {id} changed from {before.TimeZone} to {after.TimeZone}.");
        }
        if (!before.Scope.ToHashSet().SetEquals(after.Scope))
        {
            sentences.Add($"Scope of {id} changed from {BudgetWords.Of(before.Scope)} to {BudgetWords.Of(after.Scope)}.");
        }
        if (before.Hold != after.Hold)
        {
            sentences.Add($"Budget {id} now holds the {Hold(after.Hold)} of a call (was the {Hold(before.Hold)}).");
        }
        Warnings(sentences, before, after);
        if (before.AlertEmail != after.AlertEmail)
        {
            sentences.Add($"Warnings of {id} now go to {after.AlertEmail ?? "the project's address"} (was {before.AlertEmail ?? "the project's address"}).");
        }
        return sentences;
    }

    static string Cap(BudgetDefinition budget, Money from, Money to)
    {
        var difference = new Money(Math.Abs(to.Nanos - from.Nanos));
        var percent = Phrases.Percent(from.Nanos, to.Nanos);
        var every = BudgetWords.Every(budget);
        return $"{char.ToUpperInvariant(every[0])}{every[1..]} cap of {budget.Id} {(to > from ? "raised" : "lowered")} from {BudgetWords.Exact(from)} to {BudgetWords.Exact(to)}"
            + $" ({(to > from ? "+" : "−")}{BudgetWords.Exact(difference)}{(percent.Length > 0 ? $", {percent}" : "")}).";
    }

    static void Warnings(List<string> sentences, BudgetDefinition before, BudgetDefinition after)
    {
        var (was, now) = (ByPercent(before), ByPercent(after));
        foreach (var percent in was.Keys.Union(now.Keys).Order())
        {
            var (old, fresh) = (was.GetValueOrDefault(percent), now.GetValueOrDefault(percent));
            if (old == fresh)
            {
                continue;
            }
            sentences.Add(old is null ? $"Warning of {after.Id} at {percent} % added ({Said(fresh!)})."
                : fresh is null ? $"Warning of {after.Id} at {percent} % removed."
                : $"Warning of {after.Id} at {percent} % is now {Said(fresh)} (was {Said(old)}).");
        }
    }

    /// <summary>While somebody types a share may stand twice for a moment, and no such budget is saved; the first one counts.</summary>
    static Dictionary<int, Threshold> ByPercent(BudgetDefinition budget) =>
        budget.Thresholds.DistinctBy(threshold => threshold.Percent).ToDictionary(threshold => threshold.Percent);

    static string Said(Threshold threshold)
    {
        var channels = (threshold.Email, threshold.InApp) switch
        {
            (true, true) => "by e-mail and on the dashboard",
            (true, false) => "by e-mail only",
            (false, true) => "on the dashboard only",
            _ => "in the audit trail only",
        };
        return $"{BudgetFields.Of(threshold.Severity)}, {channels}";
    }

    static string Hold(HoldKind hold) => hold is HoldKind.WorstCase ? "worst case" : "expected cost";
}
