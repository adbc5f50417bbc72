using Governance.Ledger;
using Governance.Pricing;

namespace Governance.Configuration;

/// <summary>What stands behind <c>App acknowledge</c>.</summary>
/// <param name="Whole">What was spent; null where only projects' amounts say it.</param>
/// <param name="Named">The projects' amounts; one without an amount is the whole.</param>
/// <param name="Problem">What is wrong, as a sentence; null where nothing is.</param>
[Pure]
sealed record AcknowledgeArguments(Money Whole, IReadOnlyList<ProjectPart> Named, string? Problem)
{
    /// <summary>Only the clock was said to be right.</summary>
    public bool IsClock { get; private init; }

    const string Spent = "--spent-since-backup";
    const string Project = "--project";
    const string Clock = "--clock-is-right";

    public const string Usage = $"""
        Say what was spent since the backup, as the provider's own usage has it:
          App acknowledge {Spent} <usd>                                every project counts its share of the last traffic
          App acknowledge {Spent} <usd> {Project} <id>=<usd> …        these projects count these amounts, which come to the whole
          App acknowledge {Spent} 0                                    nothing was spent
          App acknowledge {Clock}                                        where calls are stopped for the clock alone: nothing is entered
        """;

    public static AcknowledgeArguments Read(IReadOnlyList<string> args)
    {
        Money? whole = null;
        var isClock = false;
        var named = new List<(string Project, Money? Amount)>();
        for (var at = 0; at < args.Count; at++)
        {
            if (args[at] == Clock)
            {
                isClock = true;
                continue;
            }
            var (name, value) = args[at].Split('=', 2) is [var key, var behind] ? (key, behind) : (args[at], null);
            if (name is not (Spent or Project))
            {
                if (!IsSetting(name))
                {
                    return Wrong($"'{args[at]}' is nothing that can be said here.");
                }
                // As the host reads it: a setting without an equals sign takes the next word.
                at += value is null && at + 1 < args.Count ? 1 : 0;
                continue;
            }
            value ??= at + 1 < args.Count && !args[at + 1].StartsWith("--", StringComparison.Ordinal) ? args[++at] : "";
            if (name == Project)
            {
                var (project, amount) = value.Split('=', 2) is [var id, var usd] ? (id.Trim(), usd) : (value.Trim(), null);
                if (project.Length == 0 || (amount is not null && Amount(amount) is null))
                {
                    return Wrong(project.Length == 0 ? $"{Project} names a project and its amount, such as chat-widget=12.50." : $"'{amount}' is no amount in dollars, such as 12.50.");
                }
                named.Add((project, amount is null ? null : Amount(amount)));
            }
            else if (whole is not null)
            {
                return Wrong($"{Spent} is said once, with the whole; what each project spent of it is said with {Project} <id>=<usd>.");
            }
            else if ((whole = Amount(value)) is null)
            {
                return Wrong($"'{value}' is no amount in dollars, such as 12.50; 0 says that nothing was spent.");
            }
        }
        return !isClock ? Complete(whole, named)
            : whole is null && named.Count == 0 ? new AcknowledgeArguments(Money.Zero, [], null) { IsClock = true }
            : Wrong($"{Clock} is said alone; what was spent is entered without it.");
    }

    static AcknowledgeArguments Complete(Money? whole, List<(string Project, Money? Amount)> named)
    {
        if (whole is null && named.Count == 0)
        {
            return Wrong("It is not said what was spent.");
        }
        if (named.FirstOrDefault(part => part.Amount is null) is { Project: { } bare } && (named.Count > 1 || whole is null))
        {
            return Wrong($"{Project} {bare} needs its amount, such as {Project} {bare}=12.50.");
        }
        var parts = named.Select(part => new ProjectPart(part.Project, part.Amount ?? whole!.Value)).ToList();
        return new AcknowledgeArguments(whole ?? Money.Nearest(parts.Aggregate((Int128)0, (sum, part) => sum + part.Amount.Nanos)), parts, null);
    }

    static AcknowledgeArguments Wrong(string problem) => new(Money.Zero, [], $"{problem}{Environment.NewLine}{Usage}");

    static Money? Amount(string text) => Money.TryParse(text, out var amount) && amount >= Money.Zero && amount <= SpendSpread.Most ? amount : null;

    /// <summary>Settings of the host have a colon in their name, but for these.</summary>
    static bool IsSetting(string name) =>
        name.Contains(':', StringComparison.Ordinal) || name.TrimStart('-').ToLowerInvariant() is "urls" or "environment" or "contentroot" or "applicationname" or "webroot";
}
