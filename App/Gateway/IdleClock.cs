using System.Diagnostics;

namespace Governance.Gateway;

/// <summary>Cancels what stays silent for too long. Setting a timer costs more than a piece of a stream, so it is set anew at most once a second: silence is noticed after <paramref name="longest"/> and up to a second more.</summary>
sealed class IdleClock(CancellationTokenSource clock, TimeSpan longest)
{
    static readonly long Coarse = Stopwatch.Frequency;

    long set;

    /// <summary>Something came: the silence begins anew.</summary>
    public void Restart()
    {
        var now = Stopwatch.GetTimestamp();
        if (set == 0 || now - set >= Coarse)
        {
            set = now;
            clock.CancelAfter(longest + TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Counts nothing until the next restart: while something else is waited for, the silence is nobody's fault.</summary>
    public void Rest()
    {
        set = 0;
        clock.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
