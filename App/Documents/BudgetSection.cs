using System.Globalization;
using Governance.Audit;
using Governance.Budgets;
using Governance.Documents.Text;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Reads <c>budgets</c>.</summary>
[Pure]
static class BudgetSection
{
    const int ScopeIdMaximum = 254;
    const string Rolling = "{ rolling_days: 30 }";
    const string FromTo = "{ from: 2026-11-01, to: 2026-12-31 }";

    public static BudgetDefinition Budget(Fields fields, Reading reading)
    {
        var faults = reading.Problems.Count;
        var id = fields.Id("id", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Budget, id));
        var scope = fields.Map("scope", required: true) is { } map ? Scope(map, reading) : [];
        var budget = new BudgetDefinition
        {
            Id = id,
            Scope = scope,
            Cap = fields.Dollars("cap_usd", required: true) ?? Money.Zero,
            TimeZone = TimeZone(fields, reading) ?? "UTC",
            HardBlock = fields.Truth("hard_block") ?? true,
            Hold = fields.Choice<HoldKind>("hold") ?? HoldKind.WorstCase,
            AlertEmail = fields.Email("alert_email", nullable: true),
            Retired = fields.Truth("retired") ?? false,
        };
        budget = Window(budget, fields, reading);
        var thresholds = Thresholds(fields, reading);
        fields.Finish();
        budget = thresholds is null ? budget : budget with { Thresholds = thresholds };
        reading.Also(fields.Path, faults, BudgetValidation.Check(budget));
        return budget;
    }

    static List<ScopeTerm> Scope(Fields fields, Reading reading)
    {
        var terms = new List<ScopeTerm>();
        foreach (var kind in Enum.GetValues<ScopeKind>())
        {
            var name = Words.Of(kind);
            Noun? noun = kind switch
            {
                ScopeKind.Tenant => Noun.Workspace,
                ScopeKind.Project => Noun.Project,
                ScopeKind.Key => Noun.Key,
                _ => null,
            };
            var id = noun is null ? fields.Text(name, maximum: ScopeIdMaximum) : fields.Id(name);
            if (id is not null)
            {
                terms.Add(new(kind, id));
            }
            if (noun is { } known)
            {
                reading.Refer(fields.At(name), known, id);
            }
        }
        fields.Finish();
        return terms;
    }

    /// <summary>A word, or a mapping of rolling_days or of from and to.</summary>
    static BudgetDefinition Window(BudgetDefinition budget, Fields fields, Reading reading)
    {
        foreach (var (name, example) in ((string, string)[])[("rolling_days", Rolling), ("from", FromTo), ("to", FromTo)])
        {
            if (fields.Misplaced(name) is not null)
            {
                reading.Fault(fields.At(name), $"belongs under 'window': {example}");
            }
        }
        var given = fields.Take("window");
        if (reading.Catalog is { } catalog)
        {
            Days(budget, new Fields(new DocumentMap([]), fields.At("window"), reading), reading, isEmpty: true);
            catalog.Describe(fields.At("window"), "word, or a mapping of rolling_days or of from and to", string.Join(", ", Words.All<BudgetWindow>().Except(["rolling_days", "fixed"])));
            return budget;
        }
        switch (given)
        {
            case null:
                return budget;
            case DocumentMap map:
                return Days(budget, new Fields(map, fields.At("window"), reading).Noted(), reading, map.Entries.Count == 0);
            case DocumentScalar { Text: "rolling_days" }:
                reading.Fault(fields.At("window"), $"write how many days: {Rolling}");
                return budget;
            case DocumentScalar { Text: "fixed" }:
                reading.Fault(fields.At("window"), $"write the days: {FromTo}");
                return budget;
            case { } node:
                return budget with { Window = Scalars.Choice<BudgetWindow>(node, fields.At("window"), reading) ?? BudgetWindow.CalendarMonth };
        }
    }

    static BudgetDefinition Days(BudgetDefinition budget, Fields window, Reading reading, bool isEmpty)
    {
        var rolling = window.Whole("rolling_days", 1, 366);
        var (from, to) = (Day(window, "from"), Day(window, "to"));
        window.Finish();
        var (hasDays, hasDates) = (window.Has("rolling_days"), window.Has("from") || window.Has("to"));
        if (hasDays == hasDates)
        {
            if (hasDays || isEmpty)
            {
                reading.Fault(window.Path, $"must be {Rolling} or {FromTo}");
            }
            return budget;
        }
        if (hasDates && (!window.Has("from") || !window.Has("to")))
        {
            reading.Fault(window.At(window.Has("from") ? "to" : "from"), "is missing");
        }
        return hasDays ? budget with { Window = BudgetWindow.RollingDays, RollingDays = (int?)rolling }
            : budget with { Window = BudgetWindow.Fixed, From = from, To = to };
    }

    static DateOnly? Day(Fields window, string name)
    {
        if (window.Take(name) is not { } node)
        {
            return null;
        }
        window.Reading.Catalog?.Describe(window.At(name), "day", "2020-01-01 to 2079-12-31");
        if (node is DocumentScalar scalar && DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }
        window.Reading.Fault(window.At(name), "expected a day, such as 2026-11-01");
        return null;
    }

    static string? TimeZone(Fields fields, Reading reading)
    {
        var name = fields.Text("time_zone");
        reading.Catalog?.Describe(fields.At("time_zone"), "text", "an IANA time zone");
        if (name is null || name == "UTC")
        {
            return name;
        }
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) || !zone.HasIanaId)
        {
            reading.Fault(fields.At("time_zone"), $"'{DocumentPath.Shown(name)}' is not an IANA time zone such as Europe/Berlin");
        }
        return name;
    }

    static List<Threshold>? Thresholds(Fields fields, Reading reading)
    {
        var seen = new HashSet<int>();
        var thresholds = fields.Maps("thresholds", item =>
        {
            var percent = (int?)item.Whole("percent", 1, 100, required: true);
            var severity = item.Choice<Severity>("severity") ?? Severity.Warning;
            var channels = item.Set("channels", (node, at) => (object?)Scalars.Choice<Channel>(node, at, reading, "slack", "webhook", "sms", "pager"));
            item.Finish();
            if (percent is { } value && !seen.Add(value))
            {
                reading.Fault(item.At("percent"), $"{value} stands here twice");
            }
            return new Threshold(percent ?? 1, severity, channels?.Contains(Channel.Email) ?? true, channels?.Contains(Channel.InApp) ?? true);
        });
        return thresholds?.OrderBy(threshold => threshold.Percent).ToList();
    }
}
