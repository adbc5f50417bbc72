namespace Governance.Budgets.Balances;

/// <summary>
/// Calls that wait for room, in the order in which they came. Strictly in that order: whoever waits for a budget is passed by no later call that wants the
/// same one, however small, because else a stream of small calls would keep a large one out for ever. A call may wait for several budgets, and keeps its
/// place for each that had no room when it tried. Whoever came first of all waits for nobody, so that no two can wait for each other. Known in this process only.
/// </summary>
sealed class WaitingCalls
{
    readonly Lock door = new();
    readonly LinkedList<WaitingCall> line = [];
    long arrivals;
    int count;

    /// <summary>Most calls that wait at once in this process; whoever comes then is refused without a wait.</summary>
    public int MaxWaiting { get; set; } = 256;

    /// <summary>How many calls wait now.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>A place for a call that may have to wait. It stands in nobody's way before it does.</summary>
    public WaitingCall Arrive() => new(this, Interlocked.Increment(ref arrivals));

    /// <summary>Whether a call waits for room in the balance that came before this one.</summary>
    /// <param name="place">Null for a call that came last.</param>
    public bool IsAwaited(Balance balance, WaitingCall? place)
    {
        if (Count == 0)
        {
            return false;
        }
        var key = KeyOf(balance);
        lock (door)
        {
            for (var node = line.First; node is not null && node.Value.Number < (place?.Number ?? long.MaxValue); node = node.Next)
            {
                if (node.Value.Balances.Contains(key))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Puts the call into the line for this balance, unless the line is full.</summary>
    public void Wait(WaitingCall place, Balance balance)
    {
        lock (door)
        {
            if (!place.IsInLine)
            {
                if (count >= MaxWaiting || place.IsDisposed)
                {
                    return;
                }
                var before = line.Last;
                while (before is not null && before.Value.Number > place.Number)
                {
                    before = before.Previous;
                }
                _ = before is null ? line.AddFirst(place) : line.AddAfter(before, place);
                place.IsInLine = true;
                count++;
            }
            place.Balances.Add(KeyOf(balance));
        }
    }

    /// <summary>Takes the call out of the line; who stood behind it tries.</summary>
    public void Leave(WaitingCall place)
    {
        lock (door)
        {
            if (!place.IsInLine)
            {
                return;
            }
            line.Remove(place);
            place.IsInLine = false;
            place.Balances.Clear();
            count--;
        }
        Wake();
    }

    /// <summary>Something was given back, or somebody left: whoever waits behind nobody tries.</summary>
    public void Wake()
    {
        if (Count == 0)
        {
            return;
        }
        lock (door)
        {
            var awaited = new HashSet<(string, string)>();
            foreach (var place in line)
            {
                if (!awaited.Overlaps(place.Balances))
                {
                    place.Call();
                }
                awaited.UnionWith(place.Balances);
            }
        }
    }

    /// <summary>True where nobody who came earlier waits for what this call waits for.</summary>
    public bool IsFirst(WaitingCall place)
    {
        lock (door)
        {
            return line.TakeWhile(other => other.Number < place.Number).All(other => !other.Balances.Overlaps(place.Balances));
        }
    }

    /// <summary>Rolling days overlap: a call counts in several of them, so that all are one.</summary>
    static (string Budget, string Period) KeyOf(Balance balance) =>
        (balance.Budget.Definition.Id, balance.Budget.Definition.Window is BudgetWindow.RollingDays ? "" : balance.Period.Key);
}

/// <summary>A call's place among those that wait. Given back when the call is done waiting, however that ends.</summary>
sealed class WaitingCall(WaitingCalls calls, long number) : IDisposable
{
    /// <summary>The order of arrival.</summary>
    public long Number => number;

    /// <summary>What had no room when the call tried. Touched by <see cref="WaitingCalls"/> only.</summary>
    public HashSet<(string Budget, string Period)> Balances { get; } = [];

    public bool IsInLine { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Holds at most one call, so that several together cause one try.</summary>
    public SemaphoreSlim Turn { get; } = new(0, 1);

    public void Call()
    {
        if (Turn.CurrentCount == 0)
        {
            Turn.Release();
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        calls.Leave(this);
        Turn.Dispose();
    }
}
