using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Revisions;
using Microsoft.EntityFrameworkCore;

namespace Governance.Budgets;

/// <summary>Reads budgets with their balances for the pages: the gate's own figures; sums of the ledger only where there is no balance yet.</summary>
sealed class BudgetQueries : IDisposable
{
    readonly Reads reads;
    readonly SpendSource spend;
    readonly TimeProvider clock;
    readonly Shared<IReadOnlyList<ReachedThreshold>> reached;

    public BudgetQueries(Reads reads, SpendSource spend, TimeProvider clock)
    {
        (this.reads, this.spend, this.clock) = (reads, spend, clock);
        reached = new Shared<IReadOnlyList<ReachedThreshold>>(ReadReachedAsync, TimeSpan.FromMilliseconds(250), clock);
    }

    public void Dispose() => reached.Dispose();

    /// <summary>Every budget, retired ones too, by id.</summary>
    public async Task<IReadOnlyList<BudgetStanding>> AllAsync()
    {
        var now = clock.GetUtcNow();
        await using var db = reads.Open();
        var standings = new List<BudgetStanding>();
        foreach (var row in await db.Budgets.OrderBy(row => row.Id).ToListAsync())
        {
            standings.Add(await StandingAsync(db, Editions.Of(row), now));
        }
        return standings;
    }

    /// <summary>What every budget of the book has in the period that runs, in as few statements as can be: for figures that are read again and again. Of a budget for each session the one that has come furthest.</summary>
    public async Task<IReadOnlyList<BudgetAmounts>> RunningAsync(BudgetBook book)
    {
        var now = clock.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        await using var db = reads.Open();
        var running = (await db.Balances.Where(row => row.StartsMilliseconds <= at && row.EndsMilliseconds > at && !row.Period.StartsWith(BudgetPeriod.SessionPrefix)).ToListAsync())
            .ToDictionary(row => (row.BudgetId, row.Period));
        var all = new List<BudgetAmounts>(book.All.Count);
        foreach (var budget in book.All)
        {
            var definition = budget.Definition;
            if (definition.Window is BudgetWindow.Session)
            {
                var fullest = await db.Balances.Where(row => row.BudgetId == definition.Id).OrderByDescending(row => row.PostedNanos + row.HeldNanos).FirstOrDefaultAsync();
                all.Add(new BudgetAmounts(definition, new Money(fullest?.PostedNanos ?? 0), new Money(fullest?.HeldNanos ?? 0)));
            }
            else if (budget.PeriodAt(now) is { } period && running.TryGetValue((definition.Id, period.Key), out var balance))
            {
                all.Add(new BudgetAmounts(definition, new Money(balance.PostedNanos), new Money(balance.HeldNanos)));
            }
            else
            {
                all.Add(new BudgetAmounts(definition, definition.Window is BudgetWindow.RollingDays && budget.PeriodAt(now) is { } rolling ? await spend.SpentAsync(db, definition, rolling) : Money.Zero, Money.Zero));
            }
        }
        return all;
    }

    /// <summary>What a budget would count if it were saved as it is; null where the ledger cannot be read just now.</summary>
    public async Task<BudgetFigures?> TryFiguresAsync(BudgetDefinition budget)
    {
        try
        {
            return await FiguresAsync(budget);
        }
        catch (Exception exception) when (StoreFailure.IsUnread(exception))
        {
            return null;
        }
    }

    /// <summary>The same; throws where the ledger cannot be read.</summary>
    public async Task<BudgetFigures> FiguresAsync(BudgetDefinition budget)
    {
        var now = clock.GetUtcNow();
        var zone = BudgetPeriod.Zone(budget.TimeZone);
        await using var db = reads.Open();
        var period = BudgetPeriod.Of(budget, zone, now, null);
        var before = BudgetPeriod.Before(budget, zone, now);
        return new BudgetFigures(
            period, period is { } running ? await spend.SpentAsync(db, budget, running) : Money.Zero,
            before, before is { } past ? await spend.SpentAsync(db, budget, past) : Money.Zero);
    }

    /// <summary>The warnings of running periods that are to be seen on the dashboard, the gravest first; read once for all open pages.</summary>
    public Task<IReadOnlyList<ReachedThreshold>> ReachedAsync() => reached.ReadAsync(TimeSpan.Zero);

    async Task<IReadOnlyList<ReachedThreshold>> ReadReachedAsync()
    {
        var warnings = from standing in await AllAsync()
                      where !standing.Definition.Retired && standing.Period is not null
                      let threshold = standing.Definition.Thresholds.Where(threshold => threshold.InApp && standing.Told.ContainsKey(threshold.Percent)).MaxBy(threshold => threshold.Percent)
                      where threshold is not null
                      orderby threshold.Severity descending, standing.Told[threshold.Percent] descending
                      select new ReachedThreshold(standing, threshold, standing.Told[threshold.Percent]);
        return [.. warnings];
    }

    async Task<BudgetStanding> StandingAsync(GovernanceDb db, Edition<BudgetDefinition> edition, DateTimeOffset now)
    {
        var budget = edition.Definition;
        if (budget.Window is BudgetWindow.Session)
        {
            return await SessionAsync(db, edition, now);
        }
        if (BudgetPeriod.Of(budget, BudgetPeriod.Zone(budget.TimeZone), now, null) is not { } period)
        {
            return new BudgetStanding(edition, null, Money.Zero, Money.Zero, new Dictionary<int, DateTimeOffset>()) { At = now };
        }
        var balance = await db.Balances.FirstOrDefaultAsync(row => row.BudgetId == budget.Id && row.Period == period.Key);
        // A period begins without a row; the first call makes it. Only a rolling one has something in it by then.
        var posted = balance is not null ? new Money(balance.PostedNanos)
            : budget.Window is BudgetWindow.RollingDays && !budget.Retired ? await spend.SpentAsync(db, budget, period) : Money.Zero;
        return await WithCallsAsync(db, new BudgetStanding(edition, period, posted, new Money(balance?.HeldNanos ?? 0), await ToldAsync(db, budget, period)) { At = now, Mails = await WarningMails.OfAsync(db, budget, period) });
    }

    async Task<BudgetStanding> SessionAsync(GovernanceDb db, Edition<BudgetDefinition> edition, DateTimeOffset now)
    {
        var budget = edition.Definition;
        var sessions = db.Balances.Where(row => row.BudgetId == budget.Id);
        if (await sessions.OrderByDescending(row => row.PostedNanos + row.HeldNanos).FirstOrDefaultAsync() is not { } fullest)
        {
            return new BudgetStanding(edition, null, Money.Zero, Money.Zero, new Dictionary<int, DateTimeOffset>()) { At = now };
        }
        var period = BudgetPeriod.Stored(fullest.Period, DateTimeOffset.FromUnixTimeMilliseconds(fullest.StartsMilliseconds), DateTimeOffset.FromUnixTimeMilliseconds(fullest.EndsMilliseconds));
        var cap = budget.Cap.Nanos;
        return await WithCallsAsync(db, new BudgetStanding(edition, period, new Money(fullest.PostedNanos), new Money(fullest.HeldNanos), await ToldAsync(db, budget, period))
        {
            At = now,
            Mails = await WarningMails.OfAsync(db, budget, period),
            Sessions = await sessions.CountAsync(),
            SessionsAtCap = await sessions.CountAsync(row => row.PostedNanos + row.HeldNanos >= cap),
        });
    }

    async Task<BudgetStanding> WithCallsAsync(GovernanceDb db, BudgetStanding standing)
    {
        if (standing.Definition is { Hold: HoldKind.Expected, Retired: false } budget && standing.Held > Money.Zero && standing.Period is { } period)
        {
            var (calls, most) = await spend.InFlightAsync(db, budget, period);
            return standing with { Calls = calls, WorstCase = most };
        }
        return standing;
    }

    static async Task<IReadOnlyDictionary<int, DateTimeOffset>> ToldAsync(GovernanceDb db, BudgetDefinition budget, BudgetPeriod period)
    {
        var starts = period.Starts.ToUnixTimeMilliseconds();
        var claims = budget.Window is BudgetWindow.RollingDays
            ? db.ThresholdClaims.Where(claim => claim.BudgetId == budget.Id && claim.AtMilliseconds >= starts)
            : db.ThresholdClaims.Where(claim => claim.BudgetId == budget.Id && claim.Period == period.Key);
        return (await claims.ToListAsync()).GroupBy(claim => claim.Percent)
            .ToDictionary(claim => claim.Key, claim => DateTimeOffset.FromUnixTimeMilliseconds(claim.Max(one => one.AtMilliseconds)));
    }
}

/// <summary>A threshold that was reached in the period that runs.</summary>
sealed record ReachedThreshold(BudgetStanding Standing, Threshold Threshold, DateTimeOffset At);
