using Governance.Audit;

namespace Governance.Policies.Editor;

/// <summary>What an edit of a rule changes, as sentences for people, plain text.</summary>
[Pure]
static class RuleChange
{
    /// <summary>Null before is a new rule, null after a removed one. Nothing where nothing changed; the order of a list is not a change.</summary>
    public static IReadOnlyList<string> Sentences(RuleDefinition? before, RuleDefinition? after)
    {
        if (before is null || after is null)
        {
            return before is not null ? [$"Rule {before.Id} removed: {RuleSentence.Of(before)}"]
                : after is not null ? [$"Rule {after.Id} created: {RuleSentence.Of(after)}"]
                : [];
        }
        if (before.Type != after.Type)
        {
            return [$"Rule {after.Id} replaced: {RuleSentence.Of(before)} → {RuleSentence.Of(after)}"];
        }
        var sentences = new List<string>();
        if (before.State != after.State)
        {
            sentences.Add($"Rule {after.Id} is now {PolicyWords.Of(after.State)} (was {PolicyWords.Of(before.State)}).");
        }
        if (before.Project != after.Project)
        {
            sentences.Add($"Rule {after.Id} now binds {PolicyWords.Where(after.Project)} (was {PolicyWords.Where(before.Project)}).");
        }
        Denied(sentences, after, before.Models, after.Models);
        Denied(sentences, after, [.. before.Modes.Select(mode => $"mode {PolicyWords.Of(mode)}")], [.. after.Modes.Select(mode => $"mode {PolicyWords.Of(mode)}")]);
        Forced(sentences, before, after);
        if (before.Tokens is { } from && after.Tokens is { } to && from != to)
        {
            sentences.Add($"Input cap of {after.Id} {(to > from ? "raised" : "lowered")} from {Phrases.Grouped(from)} to {Phrases.Grouped(to)} tokens ({Difference(from, to)}).");
        }
        if (before.Reason != after.Reason)
        {
            sentences.Add($"Reason of {after.Id} changed from {Quoted(before.Reason)} to {Quoted(after.Reason)}.");
        }
        return sentences;
    }

    /// <summary>The same for one cell of the router.</summary>
    public static IReadOnlyList<string> Sentences(RouteDefinition? before, RouteDefinition? after) => (before, after) switch
    {
        (null, null) => [],
        (null, { } added) => [$"Route added: {RuleSentence.Of(added)}"],
        ({ } removed, null) => [$"Route removed: {RuleSentence.Of(removed)}"],
        ({ } from, { } to) => from == to ? [] : [$"Route changed: {RuleSentence.Of(to)} Before: {from.Model}."],
    };

    static void Denied(List<string> sentences, RuleDefinition rule, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var where = PolicyWords.Where(rule.Project);
        sentences.AddRange(after.Except(before).Select(added => $"Rule {rule.Id} now denies {added} in {where}."));
        sentences.AddRange(before.Except(after).Select(removed => $"Rule {rule.Id} no longer denies {removed} in {where}."));
    }

    static void Forced(List<string> sentences, RuleDefinition before, RuleDefinition after)
    {
        if (before.TaskType != after.TaskType)
        {
            sentences.Add($"Rule {after.Id} now forces {Calls(after.TaskType)} (was {Calls(before.TaskType)}).");
        }
        if (before.Model != after.Model)
        {
            sentences.Add($"Rule {after.Id} now forces {after.Model} (was {before.Model}).");
        }
    }

    static string Calls(TaskType? type) => type is { } one ? $"calls of type {PolicyWords.Of(one)}" : "all calls";

    static string Quoted(string? reason) => string.IsNullOrEmpty(reason) ? "(not set)" : $"“{reason}”";

    static string Difference(long from, long to) => $"{(to > from ? "+" : "−")}{Phrases.Grouped(Math.Abs(to - from))}, {Phrases.Percent(from, to)}";
}
