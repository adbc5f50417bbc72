using System.Globalization;

namespace Governance.Journal;

/// <summary>
/// The ledger's clock. One wrong look at a clock never moves it: what was read once is carried on by time that passed, and a reading that says something
/// else is believed only when it goes on saying so. Read is the database's clock, where several instances share one, else the machine's own.
/// </summary>
sealed class LedgerTime : TimeProvider
{
    /// <summary>Differences below this are the way of the answer, not the clocks.</summary>
    const long JitterTicks = 5 * TimeSpan.TicksPerMillisecond;

    /// <summary>Up to this the clocks only run at another pace: followed at once.</summary>
    const long DriftTicks = TimeSpan.TicksPerSecond;

    /// <summary>Clocks of instances that agree are not further apart. What was written further ahead was written by a wrong clock, and is not waited for.</summary>
    public const long AgreeMilliseconds = 60_000;

    /// <summary>For so long a clock has to stand where it was set to before it is believed.</summary>
    public static readonly TimeSpan ConfirmedAfter = TimeSpan.FromSeconds(60);

    /// <summary>More than this is never believed while the process runs: the next start decides, with a fence and somebody who looks at it. What comes below goes on from where it was.</summary>
    public static readonly TimeSpan MaxStep = TimeSpan.FromDays(1);

    /// <summary>How often a clock that differs is looked at.</summary>
    static readonly TimeSpan lookInterval = TimeSpan.FromMilliseconds(50);

    readonly TimeProvider machine;
    readonly Func<TimeSpan?> uptime;
    readonly bool isOwn;
    readonly Lock door = new();
    volatile Anchor anchor;
    volatile ClockStep? step;
    Suspicion? suspicion;
    long looked;
    long firstRead;
    bool settled;

    /// <param name="isShared">The clock is a database's, whose readings come by <see cref="Observe"/>; else it is the machine's.</param>
    public LedgerTime(bool isShared) : this(isShared, System, MachineUptime)
    {
    }

    /// <param name="isShared">As above.</param>
    /// <param name="machine">The machine's clock and time that passes.</param>
    /// <param name="uptime">Time since the machine started, sleep included; null where that cannot be had.</param>
    internal LedgerTime(bool isShared, TimeProvider machine, Func<TimeSpan?> uptime)
    {
        (isOwn, this.machine, this.uptime) = (!isShared, machine, uptime);
        anchor = new Anchor(machine.GetUtcNow().UtcTicks, machine.GetTimestamp(), uptime(), IsRead: isOwn);
        looked = anchor.Timestamp;
    }

    public override long TimestampFrequency => machine.TimestampFrequency;

    /// <summary>How far the machine's clock is behind the ledger's; negative where it is ahead.</summary>
    public TimeSpan Offset => GetUtcNow() - machine.GetUtcNow();

    /// <summary>The clock that is read was set, and is not believed yet or never will be; null while it agrees.</summary>
    public TimeSpan? Deviation
    {
        get
        {
            GetUtcNow();
            lock (door)
            {
                return suspicion is { } doubted ? new TimeSpan(doubted.By) : null;
            }
        }
    }

    /// <summary>When and by how much the clock was last set; null where it never was.</summary>
    public ClockStep? LastStep => step;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow()
    {
        var at = machine.GetTimestamp();
        var now = NowAt(at);
        if (isOwn)
        {
            var read = machine.GetUtcNow().UtcTicks;
            if (machine.GetElapsedTime(at, machine.GetTimestamp()).Ticks > JitterTicks)
            {
                // The process was paused between the two looks: they do not belong together.
                return new DateTimeOffset(now, TimeSpan.Zero);
            }
            if (Math.Abs(read - now) > JitterTicks && (Math.Abs(read - now) <= DriftTicks || machine.GetElapsedTime(Interlocked.Read(ref looked), at) >= lookInterval || suspicion is null))
            {
                Judge(read, at);
                now = NowAt(at);
            }
            else if (suspicion is not null && Math.Abs(read - now) <= JitterTicks)
            {
                Judge(read, at);
            }
        }
        return new DateTimeOffset(now, TimeSpan.Zero);
    }

    /// <summary>Takes in what the database's clock says at this moment.</summary>
    public void Observe(DateTimeOffset database) => Judge(database.UtcTicks, machine.GetTimestamp());

    /// <summary>
    /// Takes over a reading that another instance agrees with: it is this one that was wrong, however far. One that has agreed with the database for a while
    /// is not moved at once: the other may have come a moment ago, and have seen nothing but a wrong clock.
    /// </summary>
    public void Confirm(DateTimeOffset database)
    {
        lock (door)
        {
            var at = machine.GetTimestamp();
            var by = database.UtcTicks - NowAt(at);
            // While it waits for the clock to catch up it has doubted long enough.
            var stands = anchor.AheadBy > 0 || (suspicion is { } doubted && Math.Abs(by - doubted.By) <= DriftTicks && machine.GetElapsedTime(doubted.Since, at) >= ConfirmedAfter);
            if (Math.Abs(by) > DriftTicks && (!settled || stands))
            {
                Believe(database.UtcTicks, at);
            }
        }
    }

    /// <summary>This process stood still for so long that others took it for dead: its time may have stood still with it.</summary>
    public void Unsettle()
    {
        lock (door)
        {
            (settled, firstRead) = (false, machine.GetTimestamp());
        }
    }

    /// <summary>At a start: time goes on from the newest instant that is on record, also where the clock was set back since. One that is more than a day ahead says nothing.</summary>
    public void GoOnFrom(DateTimeOffset newest)
    {
        lock (door)
        {
            var at = machine.GetTimestamp();
            var ahead = newest.UtcTicks - NowAt(at);
            if (ahead > 0 && ahead <= MaxStep.Ticks)
            {
                anchor = anchor with { UtcTicks = newest.UtcTicks, Timestamp = at };
            }
        }
    }

    long NowAt(long timestamp)
    {
        var from = anchor;
        var passed = machine.GetElapsedTime(from.Timestamp, timestamp).Ticks;
        return from.UtcTicks + (from.AheadBy > 0 ? passed / 2 : passed);
    }

    void Judge(long read, long at)
    {
        lock (door)
        {
            Interlocked.Exchange(ref looked, at);
            var by = read - NowAt(at);
            if (!anchor.IsRead || IsSleep(by))
            {
                firstRead = anchor.IsRead ? firstRead : at;
                Believe(read, at);
                return;
            }
            if (Math.Abs(by) <= DriftTicks)
            {
                if (Math.Abs(by) > JitterTicks || anchor.AheadBy > 0)
                {
                    Believe(read, at);
                }
                suspicion = null;
                settled |= machine.GetElapsedTime(firstRead, at) >= ConfirmedAfter;
                return;
            }
            if (anchor.AheadBy > 0)
            {
                if (by < 0 && -by <= anchor.AheadBy + DriftTicks)
                {
                    return;
                }
                anchor = new Anchor(NowAt(at), at, uptime(), IsRead: true);
            }
            Doubt(by, read, at);
        }
    }

    void Doubt(long by, long read, long at)
    {
        if (suspicion is null || Math.Abs(by - suspicion.By) > DriftTicks)
        {
            suspicion = new Suspicion(by, at);
            step = new ClockStep(new TimeSpan(by), new DateTimeOffset(NowAt(at), TimeSpan.Zero), at);
        }
        else if (Math.Abs(by) <= MaxStep.Ticks && machine.GetElapsedTime(suspicion.Since, at) >= ConfirmedAfter)
        {
            if (by > 0)
            {
                Believe(read, at);
                return;
            }
            // A period that has begun is not left again: time runs at half its pace until the clock has caught up.
            anchor = new Anchor(NowAt(at), at, uptime(), IsRead: true, AheadBy: -by);
        }
    }

    void Believe(long read, long at) => (anchor, suspicion) = (new Anchor(read, at, uptime(), IsRead: true), null);

    /// <summary>True where the machine slept for that long: its clock went on, while the time that processes measure stood still.</summary>
    bool IsSleep(long by) =>
        by > DriftTicks && isOwn && anchor.Uptime is { } before && uptime() is { } now
        && Math.Abs((now - before - machine.GetElapsedTime(anchor.Timestamp, machine.GetTimestamp())).Ticks - by) <= DriftTicks;

    static TimeSpan? MachineUptime()
    {
        try
        {
            // Linux counts sleep in this file, unlike in the clock that processes measure by.
            return OperatingSystem.IsLinux() && double.TryParse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>An instant from which time goes on, and when that was by time that passes.</summary>
    /// <param name="AheadBy">By how much the clock is to catch up; 0 where time goes at its own pace.</param>
    sealed record Anchor(long UtcTicks, long Timestamp, TimeSpan? Uptime, bool IsRead, long AheadBy = 0);

    /// <summary>A reading that differs from what is believed by so much, and since when the clock says so.</summary>
    sealed record Suspicion(long By, long Since);
}
