using System.Globalization;
using Governance.Budgets;
using Governance.Projects;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>A call as the simulator knows it.</summary>
/// <param name="At">Unix milliseconds of its reservation; they decide its period.</param>
/// <param name="Passed">The time that had passed when it was reserved, whatever the wall clock said.</param>
/// <param name="Expires">Unix milliseconds from which no clock can still take it for alive.</param>
sealed record ExpectedHold(long Id, long At, Attribution For, long Nanos, long Passed, long Expires);

/// <summary>How a call ended.</summary>
/// <param name="Corrected">What it came to after all, where the entry was only a bound.</param>
sealed record ExpectedEntry(long Id, long At, Attribution For, long Nanos, int Outcome, long? Corrected = null)
{
    /// <summary>What stands.</summary>
    public long Stands => Corrected ?? Nanos;
}

/// <summary>What the ledger must say, kept in plain dictionaries and computed by other means than the product's: it knows the document, not the code.</summary>
sealed class ExpectedBooks
{
    const long DayMilliseconds = 86_400_000;

    readonly Dictionary<string, Dictionary<string, (long Posted, long Held)>> sums = [];
    readonly Dictionary<(BudgetWindow Window, long Day), string> names = [];

    public SortedDictionary<string, BudgetDefinition> Budgets { get; } = new(StringComparer.Ordinal);
    public SortedDictionary<long, ExpectedHold> Holds { get; } = [];
    public Dictionary<long, ExpectedEntry> Entries { get; } = [];
    public HashSet<(string Budget, string Period, int Percent)> Claims { get; } = [];

    public IEnumerable<BudgetDefinition> Matching(Attribution call) => Budgets.Values.Where(budget => !budget.Retired && Counts(budget, call));

    /// <summary>The budgets that have no room; empty admits. Meeting the cap refuses, a cap of zero refuses everything that costs.</summary>
    public List<string> Refusing(Attribution call, long nanos, long at) =>
    [
        .. from budget in Matching(call)
           where budget.HardBlock && nanos > 0
           let sum = Sum(budget, Period(budget, at))
           where budget.Cap.Nanos == 0 || sum.Posted + sum.Held + nanos >= budget.Cap.Nanos
           select budget.Id,
    ];

    /// <summary>The smallest remainder of the matching budgets that stop calls, or of those that only warn where no other matches; null where none does.</summary>
    public long? Remaining(Attribution call, long at)
    {
        var matching = Matching(call).ToList();
        return (matching.Exists(budget => budget.HardBlock) ? matching.FindAll(budget => budget.HardBlock) : matching).Select(budget =>
        {
            var (posted, held) = Sum(budget, Period(budget, at));
            return (long?)(budget.Cap.Nanos - posted - held);
        }).Min();
    }

    public void Reserve(ExpectedHold hold)
    {
        Holds.Add(hold.Id, hold);
        Move(hold.For, hold.At, 0, hold.Nanos);
    }

    /// <summary>Ends a hold; all budgets of its own period are told, and thresholds that this reaches are claimed once.</summary>
    public void Settle(long id, long nanos, int outcome)
    {
        Holds.Remove(id, out var hold);
        Entries.Add(id, new ExpectedEntry(id, hold!.At, hold.For, nanos, outcome));
        Move(hold.For, hold.At, nanos, -hold.Nanos);
        foreach (var budget in Matching(hold.For))
        {
            Claim(budget, Period(budget, hold.At));
        }
    }

    /// <summary>A late settlement corrects what was only a bound, in the period of its call (I7).</summary>
    public void Correct(long id, long nanos)
    {
        var entry = Entries[id];
        Entries[id] = entry with { Corrected = nanos };
        Move(entry.For, entry.At, nanos - entry.Nanos, 0);
        foreach (var budget in Matching(entry.For))
        {
            Claim(budget, Period(budget, entry.At));
        }
    }

    /// <summary>A call that ends without ever having been held counts all the same.</summary>
    public void Enter(long id, long at, Attribution call, long nanos, int outcome)
    {
        Entries.Add(id, new ExpectedEntry(id, at, call, nanos, outcome));
        Move(call, at, nanos, 0);
        foreach (var budget in Matching(call))
        {
            Claim(budget, Period(budget, at));
        }
    }

    public void Refuse(long id, long at, Attribution call) => Entries.Add(id, new ExpectedEntry(id, at, call, 0, 4));

    /// <summary>A budget is saved: what it counts is what the ledger has for it under its new definition.</summary>
    public void Save(BudgetDefinition budget, long now)
    {
        Budgets[budget.Id] = budget;
        sums.Remove(budget.Id);
        foreach (var each in Budgets.Values.Where(each => !each.Retired))
        {
            Claim(each, Period(each, now));
        }
    }

    public void Claim(BudgetDefinition budget, string period)
    {
        var posted = Sum(budget, period).Posted;
        foreach (var percent in budget.Thresholds.Select(threshold => threshold.Percent).Where(percent => posted > 0 && (decimal)posted * 100 >= (decimal)budget.Cap.Nanos * percent).ToList())
        {
            Claims.Add((budget.Id, period, percent));
        }
    }

    public (long Posted, long Held) Sum(BudgetDefinition budget, string period)
    {
        if (!sums.TryGetValue(budget.Id, out var periods))
        {
            sums[budget.Id] = periods = Recompute(budget);
        }
        return periods.GetValueOrDefault(period);
    }

    /// <summary>What every period of the budget comes to, from the calls alone.</summary>
    public Dictionary<string, (long Posted, long Held)> Recompute(BudgetDefinition budget)
    {
        var periods = new Dictionary<string, (long Posted, long Held)>();
        foreach (var entry in Entries.Values.Where(entry => Counts(budget, entry.For)))
        {
            Add(periods, Period(budget, entry.At), entry.Stands, 0);
        }
        foreach (var hold in Holds.Values.Where(hold => Counts(budget, hold.For)))
        {
            Add(periods, Period(budget, hold.At), 0, hold.Nanos);
        }
        return periods;
    }

    /// <summary>The name of the window's run at an instant, by arithmetic on days: the simulator's zones have fixed offsets.</summary>
    public string Period(BudgetDefinition budget, long at)
    {
        var number = (at + (Offset(budget.TimeZone) * 60_000L)) / DayMilliseconds;
        if (!names.TryGetValue((budget.Window, number), out var name))
        {
            names[(budget.Window, number)] = name = Name(budget.Window, DateTime.UnixEpoch.AddDays(number));
        }
        return name;
    }

    static string Name(BudgetWindow window, DateTime day)
    {
        // A week belongs to the year of its Thursday.
        var thursday = day.AddDays(3 - (((int)day.DayOfWeek + 6) % 7));
        return window switch
        {
            BudgetWindow.CalendarMonth => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            BudgetWindow.CalendarDay => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"{thursday.Year}-W{((thursday.DayOfYear - 1) / 7) + 1:00}"),
        };
    }

    public static int Offset(string zone) => zone switch { "UTC" => 0, "Asia/Kolkata" => 330, "Pacific/Kiritimati" => 840, "America/Phoenix" => -420, _ => throw new ArgumentOutOfRangeException(nameof(zone), zone, null) };

    static bool Counts(BudgetDefinition budget, Attribution call)
    {
        foreach (var term in budget.Scope)
        {
            var value = term.Kind switch
            {
                ScopeKind.Project => call.Project,
                ScopeKind.Key => call.Key,
                ScopeKind.Employee => call.Employee,
                ScopeKind.Vendor => call.Vendor,
                _ => throw new ArgumentOutOfRangeException(nameof(budget), term.Kind, null),
            };
            if (value != term.Id)
            {
                return false;
            }
        }
        return true;
    }

    void Move(Attribution call, long at, long posted, long held)
    {
        foreach (var budget in Matching(call))
        {
            if (sums.TryGetValue(budget.Id, out var periods))
            {
                Add(periods, Period(budget, at), posted, held);
            }
        }
    }

    static void Add(Dictionary<string, (long Posted, long Held)> periods, string period, long posted, long held)
    {
        var sum = periods.GetValueOrDefault(period);
        periods[period] = (sum.Posted + posted, sum.Held + held);
    }
}
