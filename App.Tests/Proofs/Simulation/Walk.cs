using System.Globalization;
using Governance.Budgets;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Projects;
using Governance.Tests.Ledger;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>One seed's life of an installation: random steps on the real store, each predicted by the books and compared with the file.</summary>
sealed partial class Walk : IDisposable
{
    const int FullCheckEvery = 200;

    readonly Random random;
    readonly SetClock clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    readonly ExpectedBooks books = new();
    readonly SimulatedStore store;
    readonly BooksCheck check;
    readonly int seed;
    readonly Queue<string> trace = new();
    readonly List<LedgerCall> ended = [];
    readonly Dictionary<long, LedgerCall> open = [];
    CallId last;
    long journalNow;
    long passed;
    int step;

    Walk(int seed, string? planted, ClockProgram program)
    {
        (this.seed, this.program) = (seed, program);
        random = new Random(seed);
        clock.Now = clock.Now.AddDays(random.Next(0, 400)).AddMilliseconds(random.Next(0, 86_400_000));
        pace = Jumps ? (random.NextDouble() - 0.5) * 2 * MaxPace : 0;
        store = new SimulatedStore(() => Jumps ? new LedgerTime(isShared: false, clock, () => null) : clock, planted);
        check = new BooksCheck(books, store);
        journalNow = Milliseconds;
    }

    DateTimeOffset latest;

    /// <summary>What the ledger's clock says.</summary>
    long Milliseconds => store.Get<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Answers what broke, with its seed and step; null where nothing did.</summary>
    /// <param name="planted">SQL that plants a fault into the store, to show that it is found.</param>
    /// <param name="program">What is done to the clock.</param>
    public static string? Run(int seed, int steps, string? planted = null, ClockProgram program = ClockProgram.SetBack)
    {
        using var walk = new Walk(seed, planted, program);
        try
        {
            return walk.Run(steps) is { } wrong ? walk.Told(wrong) : null;
        }
        catch (Exception exception)
        {
            return walk.Told(exception.ToString());
        }
    }

    public void Dispose()
    {
        check.Dispose();
        store.Dispose();
    }

    string? Run(int steps)
    {
        for (var budget = 0; budget < 5; budget++)
        {
            if (SaveBudget(NewBudget(budget)) is { } wrong)
            {
                return wrong;
            }
        }
        for (step = 1; step <= steps; step++)
        {
            var wrong = Step() ?? WrongClock() ?? check.Step() ?? (step % FullCheckEvery == 0 ? check.Everything() : null);
            if (wrong is not null)
            {
                return wrong;
            }
        }
        return check.Everything() ?? check.Verify();
    }

    string Told(string wrong) => string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}, step {step} at {clock.Now:O}: {wrong}\nsteps before it: {string.Join(", ", trace)}\nreplay: GOVERNANCE_SIMULATION_SEED={seed} ./test --fast --filter SimulationTests");

    string? Step()
    {
        TurnTo(Now.AddMilliseconds(random.Next(0, 3000)));
        if (Jumps && random.Next(5) == 0)
        {
            return Named("clock set", SetWrong);
        }
        return random.Next(1000) switch
        {
            < 350 => Alone("reserve", Reserve),
            < 650 => Alone("settle", Settle),
            < 700 => Alone("deliver again", Repeat),
            < 800 => Group("group", 0),
            < 830 => Group("group on a failing store", random.Next(1, 5)),
            < 900 => Failing(),
            < 915 => Named("clock forward", () => Move(TimeSpan.FromMinutes(random.Next(1, 200)))),
            < 925 when Jumps => Named("restart by a wrong clock", RestartByWrongClock),
            < 925 => Named("clock back", () => Move(TimeSpan.FromMinutes(-random.Next(1, 5000)))),
            < 935 => Named("period ends", ToBoundary),
            < 955 => Named("budget edited", EditBudget),
            < 963 => Named("budget added or removed", AddOrRetire),
            < 975 => Named("expiry", Expire),
            < 984 => Named("restart", () => Restart(0)),
            < 988 => Named("restart on a failing store", () => Restart(random.Next(1, 3))),
            < 992 => Named("reconciliation", Reconcile),
            < 995 => Named("hands on a balance", Tamper),
            _ => Alone("settle of a call that never was", SettleNobody),
        };
    }

    /// <summary>Forward is time that passes; back is a hand on the clock.</summary>
    void TurnTo(DateTimeOffset to)
    {
        if (Jumps)
        {
            Live(to - Now);
            return;
        }
        // The product's clock does not follow a hand for more than a day, and never goes back; here its parts are tried without it.
        latest = clock.Now > latest ? clock.Now : latest;
        to = to < latest.AddHours(-20) ? latest.AddHours(-20) : to;
        passed += Math.Max(0, (long)(to - clock.Now).TotalMilliseconds);
        clock.Now = to;
    }

    string? Named(string name, Func<string?> act)
    {
        if (trace.Count == 15)
        {
            trace.Dequeue();
        }
        trace.Enqueue(name);
        return act();
    }

    /// <summary>One operation, waited for.</summary>
    string? Alone(string name, Func<Func<string?>> submit) => Named(name, () => submit()());

    /// <summary>Several operations in one transaction of the journal.</summary>
    string? Group(string name, int refusedCommits) => Named(name, () =>
    {
        var judges = new List<Func<string?>>();
        var count = random.Next(2, 9);
        for (var i = 0; i < count; i++)
        {
            judges.Add(random.Next(10) switch { < 5 => Reserve(), < 8 => Settle(), _ => Repeat() });
        }
        if (refusedCommits > 0)
        {
            store.Faults.RefuseCommits(refusedCommits);
        }
        store.Journal.WriteWaiting();
        var wrong = judges.Select(judge => judge()).ToList().Find(each => each is not null);
        store.Faults.Disarm();
        return wrong;
    });

    /// <summary>One operation on a store that fails in the middle of a statement, or at its commit.</summary>
    string? Failing() => Named("operation on a failing store", () =>
    {
        var act = random.Next(10);
        if (random.Next(3) == 0)
        {
            store.Faults.RefuseCommits(1);
        }
        else
        {
            store.Faults.InterruptAfter(random.Next(1, 220));
        }
        var wrong = act switch { < 5 => Reserve()(), < 9 => Settle()(), _ => EditBudget() };
        store.Faults.Disarm();
        return wrong;
    });

    /// <summary>The journal's clock goes on with every transaction that is committed, and never back.</summary>
    void Tick() => journalNow = Math.Max(journalNow, Milliseconds);

    /// <summary>What was submitted is written, and answered, when it is asked for.</summary>
    T Await<T>(ValueTask<T> work)
    {
        store.Journal.WriteWaiting();
        Assert.True(work.IsCompleted, "The journal has written everything and left somebody waiting.");
        return work.GetAwaiter().GetResult();
    }

    /// <summary>The answer, or the exception where the store was made to fail; any other is a finding.</summary>
    (T? Answer, string? Wrong, bool Failed) Outcome<T>(ValueTask<T> work)
    {
        try
        {
            var answer = Await(work);
            Tick();
            return (answer, null, false);
        }
        catch (Exception exception)
        {
            return (default, store.Faults.Struck > 0 ? null : exception.ToString(), true);
        }
    }

    BudgetDefinition NewBudget(int number) => new()
    {
        Id = $"budget-{number}",
        Cap = new Money(random.Next(6) switch { 0 => 0, 1 => random.Next(1, 1000), _ => random.NextInt64(1, 400_000_000) }),
        Scope = Scope(),
        Window = (BudgetWindow)random.Next(3),
        TimeZone = Pick("UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/Phoenix"),
        HardBlock = random.Next(4) > 0,
        Thresholds = Thresholds(),
    };

    ScopeTerm[] Scope()
    {
        var terms = new List<ScopeTerm>();
        if (random.Next(2) == 0)
        {
            terms.Add(new ScopeTerm(ScopeKind.Project, Pick("project-0", "project-1", "project-2")));
        }
        if (random.Next(4) == 0)
        {
            terms.Add(new ScopeTerm(ScopeKind.Key, Pick("key-0", "key-1")));
        }
        if (random.Next(5) == 0)
        {
            terms.Add(new ScopeTerm(ScopeKind.Employee, Pick("jo@example.com", "li@example.com")));
        }
        if (random.Next(6) == 0)
        {
            terms.Add(new ScopeTerm(ScopeKind.Vendor, Pick("anthropic", "openai")));
        }
        return [.. terms.OrderBy(term => term.Kind)];
    }

    Threshold[] Thresholds() => [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(1, 101)).Distinct().Order().Select(percent => new Threshold(percent, Email: false))];

    T Pick<T>(params T[] all) => all[random.Next(all.Length)];
}
