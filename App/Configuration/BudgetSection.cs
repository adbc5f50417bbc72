using Governance.Budgets;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>Reads <c>budgets</c>.</summary>
[Pure]
static class BudgetSection
{
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
            Window = Window(fields, reading),
            TimeZone = TimeZone(fields, reading) ?? "UTC",
            HardBlock = fields.Truth("hard_block") ?? true,
            Hold = fields.Choice<HoldKind>("hold") ?? HoldKind.WorstCase,
            AlertEmail = fields.Email("alert_email"),
            Retired = fields.Truth("retired") ?? false,
        };
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
            if (kind == ScopeKind.Session)
            {
                if (fields.Take(name) is not null)
                {
                    reading.Later(fields.At(name), "a budget for each session");
                }
                continue;
            }
            Noun? noun = kind switch
            {
                ScopeKind.Tenant => Noun.Workspace,
                ScopeKind.Project => Noun.Project,
                ScopeKind.Key => Noun.Key,
                _ => null,
            };
            var id = noun is null ? fields.Text(name) : fields.Id(name);
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

    static BudgetWindow Window(Fields fields, Reading reading)
    {
        foreach (var name in (string[])["rolling_days", "from", "to"])
        {
            if (fields.Take(name) is not null)
            {
                reading.Later(fields.At(name), $"a window with '{name}'");
            }
        }
        if (fields.Take("window") is not { } node)
        {
            return BudgetWindow.CalendarMonth;
        }
        if (node is DocumentMap map)
        {
            var known = map.Entries.Where(entry => entry.Key is "rolling_days" or "from" or "to").Select(entry => $"'{entry.Key}'").ToList();
            var path = fields.At("window");
            if (known.Count > 0)
            {
                reading.Later(path, $"a window with {string.Join(" and ", known)}");
                return BudgetWindow.CalendarMonth;
            }
        }
        return Scalars.Choice<BudgetWindow>(node, fields.At("window"), reading, "session", "rolling_days", "fixed") ?? BudgetWindow.CalendarMonth;
    }

    static string? TimeZone(Fields fields, Reading reading)
    {
        var name = fields.Text("time_zone");
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
            var channels = item.Set("channels", (node, at) => (object?)Scalars.Choice<Channel>(node, at, reading, "slack", "webhook", "in_app"));
            item.Finish();
            if (percent is { } value && !seen.Add(value))
            {
                reading.Fault(item.At("percent"), $"{value} stands here twice");
            }
            return new Threshold(percent ?? 1, severity, channels is null or { Count: > 0 });
        });
        return thresholds?.OrderBy(threshold => threshold.Percent).ToList();
    }
}
