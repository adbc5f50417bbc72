using Governance.Budgets.Balances;

namespace Governance.Ledger.Holds;

/// <summary>
/// Calls that only what others hold keeps out, where their project lets them wait (B6): tried in the order in which they came, whenever a commit
/// has given something back. Bounded in number and time. Admits nothing itself: every try is a reservation like any other.
/// </summary>
sealed class HoldQueue
{
    /// <summary>Another instance's commits are not heard here; whoever is first tries after this long at the latest.</summary>
    static readonly TimeSpan looksAfter = TimeSpan.FromMilliseconds(250);

    readonly WaitingCalls calls;

    public HoldQueue(BalanceTable balances)
    {
        calls = balances.Waiting;
        balances.Freed = calls.Wake;
    }

    /// <summary>Most calls that wait at once in this process; whoever comes then is refused without a wait.</summary>
    public int MaxWaiting
    {
        get => calls.MaxWaiting;
        set => calls.MaxWaiting = value;
    }

    /// <summary>How many calls wait now.</summary>
    public int Count => calls.Count;

    /// <summary>A place for a call that may wait, from before its first try on: the order is the order of arrival.</summary>
    public WaitingCall Arrive() => calls.Arrive();

    /// <summary>
    /// Waits for room and tries again in order, until the call is admitted, refused for another reason, or out of patience; the last try then stands, whatever it says.
    /// Throws <see cref="OperationCanceledException"/> where the client left while waiting: then nothing is held.
    /// </summary>
    /// <param name="attempt">Reserves; true at the last try, whose refusal is recorded.</param>
    public async ValueTask<Reservation> WaitAsync(WaitingCall place, Reservation refused, Func<bool, ValueTask<Reservation>> attempt, TimeSpan patience, TimeProvider time, CancellationToken aborted)
    {
        var until = time.GetTimestamp() + (long)(patience.TotalSeconds * time.TimestampFrequency);
        while (refused.IsHeld && place.IsInLine)
        {
            var left = TimeSpan.FromSeconds((until - time.GetTimestamp()) / (double)time.TimestampFrequency);
            if (left <= TimeSpan.Zero)
            {
                break;
            }
            if (await place.Turn.WaitAsync(left < looksAfter ? left : looksAfter, aborted) || calls.IsFirst(place))
            {
                refused = await attempt(false);
            }
        }
        return refused.IsHeld ? await attempt(true) : refused;
    }
}
