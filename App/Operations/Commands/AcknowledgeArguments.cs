using Governance.Integrity.Fences;

namespace Governance.Operations.Commands;

/// <summary>What stands behind <c>App acknowledge</c>.</summary>
/// <param name="Whole">What was spent; null where only projects' amounts say it.</param>
/// <param name="Named">The projects' amounts; one without an amount is the whole.</param>
/// <param name="Problem">What is wrong, as a sentence; null where nothing is.</param>
[Pure]
sealed record AcknowledgeArguments(Money Whole, IReadOnlyList<ProjectPart> Named, string? Problem)
{
    /// <summary>Only the clock was said to be right.</summary>
    public bool IsClock { get; private init; }

    /// <summary>The amount is spread by shares that whoever says it has not seen yet.</summary>
    public bool IsSpread => Whole > Money.Zero && Named.Count == 0;

    public const string Spent = "--spent-since-backup";
    public const string Project = "--project";
    public const string Clock = "--clock-is-right";
    public const string Yes = "--yes";

    public const string Usage = $"""
        Say what was spent since the backup, as the provider's own usage has it:
          App acknowledge {Spent} <usd>                                prints each project's share of the last traffic
          App acknowledge {Spent} <usd> {Yes}                          every project counts that share
          App acknowledge {Spent} <usd> {Project} <id>=<usd> …        these projects count these amounts, which come to the whole
          App acknowledge {Spent} 0                                    nothing was spent
          App acknowledge {Clock}                                        where calls are stopped for the clock alone: nothing is entered
        """;

    /// <param name="spent">What stands behind each <c>--spent-since-backup</c>; empty where nothing does.</param>
    /// <param name="projects">The same of each <c>--project</c>.</param>
    public static AcknowledgeArguments Read(IReadOnlyList<string> spent, IReadOnlyList<string> projects, bool isClock)
    {
        if (spent.Count > 1)
        {
            return Wrong($"{Spent} is said once, with the whole; what each project spent of it is said with {Project} <id>=<usd>.");
        }
        if (spent is [var text] && Amount(text) is null)
        {
            return Wrong($"'{text}' is no amount in dollars, such as 12.50; 0 says that nothing was spent.");
        }
        var named = new List<(string Project, Money? Amount)>();
        foreach (var value in projects)
        {
            var (project, amount) = value.Split('=', 2) is [var id, var usd] ? (id.Trim(), usd) : (value.Trim(), null);
            if (project.Length == 0 || (amount is not null && Amount(amount) is null))
            {
                return Wrong(project.Length == 0 ? $"{Project} names a project and its amount, such as chat-widget=12.50." : $"'{amount}' is no amount in dollars, such as 12.50.");
            }
            named.Add((project, amount is null ? null : Amount(amount)));
        }
        return !isClock ? Complete(spent is [var whole] ? Amount(whole) : null, named)
            : spent.Count == 0 && named.Count == 0 ? new AcknowledgeArguments(Money.Zero, [], null) { IsClock = true }
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
}
