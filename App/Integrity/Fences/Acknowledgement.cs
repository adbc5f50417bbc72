using System.Globalization;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Projects;

namespace Governance.Integrity.Fences;

/// <summary>How spend since a backup will be entered, for people to read before it is.</summary>
/// <param name="How">Where the parts come from, as a sentence.</param>
/// <param name="Uncounted">Budgets that cannot count it, with the dimensions for which that is so.</param>
sealed record AcknowledgementPlan(Money Whole, IReadOnlyList<SpentSince> Parts, string How, IReadOnlyList<string> Uncounted)
{
    /// <summary>It cannot be known when it was spent, and a cap can only stop anything in a period that runs.</summary>
    public const string When = "It counts at the instant at which it is entered, in full: in the day, week and month, the days of a rolling budget and the dates of a fixed one that this instant lies in. Periods that are over do not change.";

    public string? Missed => Uncounted.Count == 0 ? null
        : $"Who spent it, with which key and model and in which session, cannot be known, so that these budgets do not count it: {string.Join(", ", Uncounted)}.";
}

/// <summary>Spreads what was spent since a backup over projects, by amounts that are named or by the share of their last traffic, and enters it; for the command and the page.</summary>
sealed class Acknowledgement(FenceLifting lifting, RecentSpendQueries recent, DirectoryShelf directory, UpstreamShelf upstreams, BudgetShelf budgets, CallIds ids)
{
    /// <summary>The plan, or what is wrong, as a sentence. Writes nothing.</summary>
    /// <param name="named">Empty to spread by share.</param>
    public async Task<(AcknowledgementPlan? Plan, string? Problem)> PlanAsync(Money whole, IReadOnlyList<ProjectPart> named)
    {
        var projects = directory.Current.Projects;
        if (whole < Money.Zero || whole > SpendSpread.Most)
        {
            return (null, $"{whole.ToPlain()} is not an amount from 0 to {SpendSpread.Most.ToCents()}.");
        }
        if (named.Count > 0)
        {
            return SpendSpread.Problem(whole, named, [.. projects.Keys]) is { } problem ? (null, problem) : (Plan(whole, named, "Each project counts what was named for it."), null);
        }
        if (whole > Money.Zero && projects.Count == 0)
        {
            return (null, "There is no project yet that could count it. Set up the projects first (Governance:Bootstrap names a document), then say what was spent.");
        }
        var spent = await recent.ReadAsync();
        var known = projects.Keys.Any(project => spent.Projects.GetValueOrDefault(project) > Money.Zero);
        return (Plan(whole, SpendSpread.ByShare(whole, projects.Keys, spent.Projects), known
            ? string.Create(CultureInfo.InvariantCulture, $"Each project counts its share of what was spent in the last {RecentSpend.Days} days that the ledger knows, to {spent.Until:yyyy-MM-dd HH:mm} UTC.")
            : $"The ledger knows of no spend in its last {RecentSpend.Days} days, so that every project counts the same."), null);
    }

    /// <summary>Enters it and takes calls again. The sentence that the trail was told; null where calls are taken already, and then nothing was entered.</summary>
    public Task<string?> EnterAsync(AcknowledgementPlan plan, Actor actor, bool forClock = false) => lifting.LiftAsync(plan.Parts, directory.Current.Workspace.Id, actor, ids.Next, forClock);

    /// <summary>Why nobody can say yet that the clock is right: this process still goes by the one that was set meanwhile. Null where it goes by what the machine shows.</summary>
    public static string? ClockProblem(TimeProvider time) => time is LedgerTime { Deviation: { } by }
        ? $"The clock was set by {by.TotalHours.ToString("#,##0.#", CultureInfo.InvariantCulture)} hours since this process started, and it still goes by the old one. Start it again: then it looks at the clock anew."
        : null;

    AcknowledgementPlan Plan(Money whole, IReadOnlyList<ProjectPart> parts, string how) => new(
        whole,
        [.. parts.Where(part => part.Amount > Money.Zero).Select(part => Spent(part, directory.Current.Projects[part.Project]))],
        how,
        whole == Money.Zero ? [] : [.. budgets.Current.All.Select(budget => budget.Definition).OrderBy(budget => budget.Id, StringComparer.Ordinal).Where(budget => Unknown(budget).Any())
            .Select(budget => $"{budget.Id} ({string.Join(", ", Unknown(budget))})")]);

    SpentSince Spent(ProjectPart part, ProjectDefinition project)
    {
        var vendors = project.Upstreams.Select(upstreams.Current.GetValueOrDefault).OfType<UpstreamEntry>().Select(upstream => upstream.Vendor).Distinct(StringComparer.Ordinal).ToList();
        return new SpentSince(part.Amount, part.Project) { Department = project.Department, Customer = project.Customer, Vendor = vendors.Count == 1 ? vendors[0] : null };
    }

    static IEnumerable<string> Unknown(BudgetDefinition budget) =>
        budget.Scope.Where(term => !SpentSince.Knows(term.Kind)).Select(term => Words.Of(term.Kind)).Append(budget.Window is BudgetWindow.Session ? "session" : "").Where(word => word.Length > 0).Distinct();
}
