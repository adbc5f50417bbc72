using System.Globalization;
using System.Text;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Projects;
using Governance.Shell.Controls;

namespace Governance.Alerts;

/// <summary>What a warning says: plain text, with the numbers of the instant at which the threshold was reached.</summary>
[Pure]
static class ThresholdMail
{
    /// <summary>Made of the event alone, so that the same warning has the same id at every try and after every crash. The event's hash keeps installations apart that call their budgets the same.</summary>
    /// <param name="recipient">Null where there is one; with several each has a message, and an id, of its own.</param>
    public static string MessageId(ThresholdNotice.Numbers told, ReadOnlySpan<byte> eventHash, int? recipient)
    {
        var mark = Convert.ToHexStringLower(eventHash[..8]);
        var which = recipient is { } number ? string.Create(CultureInfo.InvariantCulture, $".{number}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"<threshold.{Plain(told.Budget)}.{Plain(Short(told.Period))}.{told.Percent}.{mark}{which}@governance>");
    }

    /// <summary><c>Warning: chat-widget reached 80 % of its $50.00 November cap</c>.</summary>
    public static string Subject(ThresholdNotice.Numbers told, BudgetDefinition? budget) => $"{told.Severity}: {Reached(told, budget)}";

    /// <summary><c>chat-widget reached 80 % of its $50.00 November cap</c>.</summary>
    public static string Reached(ThresholdNotice.Numbers told, BudgetDefinition? budget) =>
        $"{Name(told, budget)} reached {told.Percent} % of its {Exact(told.CapUsd)} {When(told.Period)} cap";

    /// <param name="publicUrl">Empty where nobody said how the dashboard is reached.</param>
    public static string Body(ThresholdNotice.Numbers told, BudgetDefinition? budget, string publicUrl)
    {
        var zone = budget?.TimeZone ?? "UTC";
        var resets = told.ResetsAt is { } at ? $"{TimeZoneInfo.ConvertTime(at, BudgetPeriod.Zone(zone)).ToString("d MMMM yyyy HH:mm", CultureInfo.InvariantCulture)} ({zone})" : "with a new session";
        var body = new StringBuilder();
        body.Append(Reached(told, budget)).Append(".\n\n");
        body.Append(CultureInfo.InvariantCulture, $"Spent:   {Dollars(told, told.PostedUsd)}\n");
        body.Append(CultureInfo.InvariantCulture, $"Held:    {Dollars(told, told.HeldUsd)} by calls that are still running\n");
        body.Append(CultureInfo.InvariantCulture, $"Cap:     {Exact(told.CapUsd)} ({told.Budget}, {told.Period})\n");
        body.Append(CultureInfo.InvariantCulture, $"{(budget?.Window is BudgetWindow.RollingDays ? "Eases:   " : "Resets:  ")}{resets}\n\n");
        body.Append(told.HardBlock
            ? "At 100 % calls stop: any call that would meet or exceed the cap is refused until the budget resets or the cap is raised.\n\n"
            : "At 100 % nothing stops: this budget only warns, and calls keep flowing past the cap.\n\n");
        body.Append(CultureInfo.InvariantCulture, $"View usage:  {publicUrl}/dashboard/usage\n");
        body.Append(CultureInfo.InvariantCulture, $"Adjust cap:  {publicUrl}/dashboard/policy\n\n");
        body.Append(CultureInfo.InvariantCulture, $"You get this {told.Once ?? $"once in a {Window(told.Period)}"}.\n");
        return body.ToString();
    }

    /// <summary>A budget of one project goes by the project's id, one of the whole workspace by that word, any other by what it counts.</summary>
    static string Name(ThresholdNotice.Numbers told, BudgetDefinition? budget) => budget switch
    {
        null => told.Budget,
        { Scope: [] } => "The workspace",
        { Scope: [{ Kind: ScopeKind.Project } only] } => only.Id,
        _ => BudgetWords.Of(budget.Scope),
    };

    static string Exact(string usd) => Money.TryParse(usd, out var amount) ? MoneyText.Exact(amount) : usd;

    static string Dollars(ThresholdNotice.Numbers told, string usd) =>
        Money.TryParse(usd, out var amount) && Money.TryParse(told.CapUsd, out var cap) ? MoneyText.Beside(cap, amount)[0] : usd;

    static string When(string period) =>
        DateOnly.TryParseExact(period, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day.ToString("d MMMM", CultureInfo.InvariantCulture)
        : DateOnly.TryParseExact(period, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) ? month.ToString("MMMM", CultureInfo.InvariantCulture)
        : Short(period);

    /// <summary>A session may have a long name.</summary>
    static string Short(string period) => period.Length <= 48 ? period : period[..48] + "…";

    static string Window(string period) => period.Contains('W', StringComparison.Ordinal) ? "calendar week" : period.Length == "2026-11".Length ? "calendar month" : "calendar day";

    /// <summary>Only what may stand in the left part of a message id.</summary>
    static string Plain(string text) => string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '_'));
}
