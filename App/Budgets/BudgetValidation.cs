using System.Globalization;
using Governance.Members;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Budgets;

/// <summary>Whether a budget says something that can be kept.</summary>
[Pure]
static class BudgetValidation
{
    const int MaxThresholds = 20;
    const int MaxIdLength = 254;
    const int MaxRollingDays = 366;
    const int FirstYear = 2020;
    const int LastYear = 2079;

    /// <summary>Sums of a billion stay far inside what an amount can carry.</summary>
    public static readonly Money MaxCap = new(1_000_000_000L * Money.NanosPerDollar);

    public static IReadOnlyList<Problem> Check(BudgetDefinition budget)
    {
        var problems = new List<Problem>();
        Require(problems, "id", Identifier.IsValid(budget.Id), Identifier.Rule);
        Require(problems, "cap_usd", budget.Cap >= Money.Zero && budget.Cap <= MaxCap, $"must be from 0 to {MaxCap.ToCents()}");
        Window(problems, budget);
        Require(problems, "hold", Enum.IsDefined(budget.Hold), "must be worst_case or expected");
        Require(problems, "time_zone", IsZone(budget.TimeZone), $"'{budget.TimeZone}' is not a time zone; write an IANA name such as UTC or Europe/Berlin");
        Require(problems, "alert_email", budget.AlertEmail is null || IsEmail(budget.AlertEmail), "must be an e-mail address");
        Scope(problems, budget.Scope);
        Warnings(problems, budget.Thresholds);
        return problems;
    }

    static void Window(List<Problem> problems, BudgetDefinition budget)
    {
        Require(problems, "window", Enum.IsDefined(budget.Window), "must be calendar_month, calendar_week, calendar_day, rolling days, fixed dates or session");
        if (budget.Window is BudgetWindow.RollingDays)
        {
            Require(problems, "window.rolling_days", budget.RollingDays is >= 1 and <= MaxRollingDays, $"must be a whole number of days from 1 to {MaxRollingDays}");
        }
        if (budget.Window is BudgetWindow.Fixed)
        {
            Require(problems, "window.from", budget.From is { Year: >= FirstYear and <= LastYear }, $"must be a day from {FirstYear} to {LastYear}, such as 2026-11-01");
            Require(problems, "window.to", budget.To is { Year: >= FirstYear and <= LastYear }, $"must be a day from {FirstYear} to {LastYear}, such as 2026-12-31");
            Require(problems, "window.to", budget.From is null || budget.To is null || budget.To >= budget.From, "must not be before the first day");
        }
        Require(problems, "window", budget.RollingDays is null || budget.Window is BudgetWindow.RollingDays, "has days of another kind of window");
        Require(problems, "window", (budget.From is null && budget.To is null) || budget.Window is BudgetWindow.Fixed, "has dates of another kind of window");
    }

    static void Scope(List<Problem> problems, IReadOnlyList<ScopeTerm> scope)
    {
        for (var i = 0; i < scope.Count; i++)
        {
            var (kind, id) = scope[i];
            if (!Enum.IsDefined(kind))
            {
                problems.Add(new Problem($"scope[{i}]", "is not a dimension"));
                continue;
            }
            var path = $"scope.{BudgetWords.Of(kind)}";
            Require(problems, path, id is { Length: > 0 and <= MaxIdLength } && id.Trim().Length == id.Length && !id.Any(char.IsControl), $"must be 1 to {MaxIdLength} characters without blanks around them");
            Require(problems, path, kind is not ScopeKind.Project || Identifier.IsValid(id), Identifier.Rule);
            Require(problems, path, kind is not ScopeKind.Model || ModelName.Canonical(id).Length > 0, "must be a model, a family or a pattern with '*'");
            Require(problems, path, scope.Take(i).All(earlier => earlier.Kind != kind), "is named twice; a call has only one");
        }
    }

    static void Warnings(List<Problem> problems, IReadOnlyList<Threshold> thresholds)
    {
        Require(problems, "thresholds", thresholds.Count <= MaxThresholds, $"must be at most {MaxThresholds}");
        for (var i = 0; i < thresholds.Count; i++)
        {
            var (percent, severity, _, _) = thresholds[i];
            Require(problems, $"thresholds[{i}].percent", percent is >= 1 and <= 100, "must be a whole number from 1 to 100");
            Require(problems, $"thresholds[{i}].percent", thresholds.Take(i).All(earlier => earlier.Percent != percent), $"repeats {percent.ToString(CultureInfo.InvariantCulture)} %");
            Require(problems, $"thresholds[{i}].severity", Enum.IsDefined(severity), "must be info, warning or critical");
        }
    }

    /// <summary>IANA names only: other machines must read the same document.</summary>
    static bool IsZone(string? timeZone) => timeZone == "UTC" || (timeZone is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) && zone.HasIanaId && zone.Id == timeZone);

    static bool IsEmail(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return email.Length <= 254 && at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1 && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or ';' or '<' or '>');
    }

    static void Require(List<Problem> problems, string path, bool holds, string otherwise)
    {
        if (!holds)
        {
            problems.Add(new Problem(path, otherwise));
        }
    }
}
