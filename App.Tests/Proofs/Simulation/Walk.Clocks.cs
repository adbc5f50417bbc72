using Governance.Audit;
using Governance.Gateway;
using Governance.Integrity.Fences;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;
using Governance.Projects;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>What is done to the clock of a simulated installation.</summary>
enum ClockProgram
{
    /// <summary>A hand sets it back now and then, for good; the ledger's parts go by it.</summary>
    SetBack,

    /// <summary>It is set by up to forty days either way again and again, put right within a minute each time, and goes at a pace of its own; the ledger reads it as a running host does.</summary>
    Jumps,

    /// <summary>A planted fault: as <see cref="Jumps"/>, but what the host's clock says decides the period of a call.</summary>
    JumpsAndIsBelieved,
}

/// <content>Clocks that are wrong for a moment. The walk alone knows what the time really is.</content>
sealed partial class Walk
{
    /// <summary>How much faster or slower than time itself a clock goes, as a share.</summary>
    const double MaxPace = 300e-6;

    /// <summary>Most milliseconds that a clock stays wrong: one that stands for longer may be right.</summary>
    const int WrongFor = 55_000;

    const long DayTicks = TimeSpan.TicksPerDay;

    /// <summary>What is less than this apart is the same to the ledger.</summary>
    static readonly TimeSpan near = TimeSpan.FromSeconds(1.5);

    /// <summary>Never so long that a clock's pace comes to more than the ledger follows at once: a running host looks every second.</summary>
    static readonly TimeSpan longestLook = TimeSpan.FromMinutes(30);

    readonly ClockProgram program;
    readonly double pace;
    TimeSpan wrongBy;
    TimeSpan wrongFor;

    bool Jumps => program is not ClockProgram.SetBack;

    /// <summary>What the time really is.</summary>
    DateTimeOffset Now => clock.Now - wrongBy;

    /// <summary>As the gateway gives it.</summary>
    CallId NextId() => program is ClockProgram.Jumps ? store.Get<CallIds>().Next() : last = CallId.Next(last, clock.Now);

    /// <summary>Time passes, and the clock with it at its own pace; where it is wrong it is put right in time.</summary>
    void Live(TimeSpan time)
    {
        for (var left = (long)time.TotalMilliseconds; left > 0;)
        {
            var most = wrongBy == TimeSpan.Zero ? longestLook : wrongFor;
            var step = TimeSpan.FromMilliseconds(Math.Min(left, Math.Ceiling(most.TotalMilliseconds)));
            left -= (long)step.TotalMilliseconds;
            passed += (long)step.TotalMilliseconds;
            clock.Now += step;
            clock.Step(step * pace);
            wrongFor -= step;
            if (wrongFor <= TimeSpan.Zero)
            {
                PutRight();
            }
            store.Get<TimeProvider>().GetUtcNow();
        }
    }

    /// <summary>Anything from a millisecond to forty days; small and large alike often. A clock that is wrong already may become wrong in another way, but is put right no later for it.</summary>
    string? SetWrong()
    {
        var by = TimeSpan.FromMilliseconds(Math.Floor(Math.Pow(10, random.NextDouble() * Math.Log10(TimeSpan.FromDays(40).TotalMilliseconds))));
        if (wrongBy == TimeSpan.Zero)
        {
            wrongFor = TimeSpan.FromMilliseconds(random.Next(2) == 0 ? random.Next(1, 300) : random.Next(1, WrongFor));
        }
        else if (by < 2 * near)
        {
            // By steps of less than a second any clock could be led away, as by its pace.
            by += 2 * near;
        }
        SetTo(random.Next(2) == 0 ? by : -by);
        return null;
    }

    void PutRight() => SetTo(TimeSpan.Zero);

    void SetTo(TimeSpan wrong)
    {
        clock.Step(wrong - wrongBy);
        wrongBy = wrong;
    }

    /// <summary>I9: whatever the host's clock says, the ledger's says what the time is.</summary>
    string? WrongClock() => Jumps && store.Get<TimeProvider>().GetUtcNow() is var says && (says - Now).Duration() > near
        ? FormattableString.Invariant($"I9: the ledger's clock says {says:O}, and it is {Now:O}") : null;

    /// <summary>I9: a call counts in the period in which it was made.</summary>
    /// <param name="now">What the time was when it was made.</param>
    string? Ahead(LedgerCall call, DateTimeOffset now) => Jumps && (call.Id.At - now).Duration() > near
        ? FormattableString.Invariant($"I9: {call.Id} was made at {now:O}, and counts in the period of {call.Id.At:O}") : null;

    /// <summary>The process ends, and the next one starts while the clock is more than a day away: it takes no calls, nor does the one after it, whose clock is right, until somebody says so.</summary>
    string? RestartByWrongClock()
    {
        PutRight();
        // Something that is certainly of today.
        if (Reserve()() is { } wrong)
        {
            return wrong;
        }
        var by = new TimeSpan(random.NextInt64(DayTicks + (2 * TimeSpan.TicksPerHour), 40 * DayTicks) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond);
        SetTo(random.Next(2) == 0 ? by : -by);
        wrongFor = TimeSpan.FromMilliseconds(WrongFor);
        if (StartAgain(0) is { } unstarted)
        {
            return unstarted;
        }
        if (Admitted() is { } admitted)
        {
            return $"I9: it started by a clock that is wrong by {wrongBy}, and {admitted}";
        }
        PutRight();
        return StartAgain(0) ?? (Admitted() is { } still ? $"I9: nobody had said that the clock is right, and {still}" : null) ?? LookAtFence();
    }

    /// <summary>Whether a call is taken although a fence must stand; null where it is not.</summary>
    string? Admitted()
    {
        var call = new LedgerCall { Id = store.Get<CallIds>().Next(), For = new Attribution { Project = "project-0", Key = "key-0" }, ModelAsked = "none", Estimate = new Money(1) };
        var reservation = Await(store.Ledger.ReserveAsync(call, null, enforce: true, Refused));
        return reservation.IsFenced ? null : $"{call.Id} was decided upon";
    }

    /// <summary>Where a fence stands that a clock has raised, somebody says that it is right.</summary>
    string? LookAtFence()
    {
        if (store.Get<FenceShelf>().Current is not { } fence)
        {
            return null;
        }
        if (!ClockGap.IsReason(fence.Reason))
        {
            return $"fence: {fence.Reason}";
        }
        var sentence = store.Drive(store.Get<FenceLifting>().LiftAsync([], "acme", Actor.System, () => throw new InvalidOperationException("Nothing is entered."), forClock: true));
        Tick();
        return sentence is null ? "fence: it could not be lifted" : null;
    }

    /// <summary>A clock that is right raises a fence only where nothing was entered for a day.</summary>
    string? Unfounded() => store.Get<FenceShelf>().Current is { } fence && books.Entries.Keys.Concat(books.Holds.Keys).DefaultIfEmpty().Max() is var newest && (Now - new CallId(newest).At).Ticks < DayTicks - near.Ticks
        ? $"fence: {new CallId(newest)} was made within a day, but {fence.Reason}" : null;

    /// <summary>From where a process that starts goes on.</summary>
    long NewestEvent() => check.Number("SELECT at_milliseconds FROM audit ORDER BY id DESC LIMIT 1");
}
