using Governance.Budgets;

namespace Governance.Ledger;

/// <summary>
/// Calls that only what others hold keeps out, where their project lets them wait (B6): a line for each budget, tried from its head
/// whenever a commit has given something back. Bounded in number and time. Admits nothing itself: every try is a reservation like any other.
/// </summary>
sealed class HoldQueue
{
    /// <summary>Another instance's commits are not heard here; the head looks after this long at the latest.</summary>
    static readonly TimeSpan looksAfter = TimeSpan.FromMilliseconds(250);

    readonly Lock door = new();
    readonly Dictionary<string, LinkedList<Place>> lines = new(StringComparer.Ordinal);
    int count;

    public HoldQueue(BalanceTable balances) => balances.Freed = Wake;

    /// <summary>Most calls that wait at once in this process; whoever comes then is refused without a wait.</summary>
    public int Most { get; set; } = 256;

    /// <summary>How many calls wait now.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>
    /// Waits for room and tries again in order, until the call is admitted, refused for another reason, or out of patience; the last try then stands, whatever it says.
    /// Throws <see cref="OperationCanceledException"/> where the client left while waiting: then nothing is held.
    /// </summary>
    /// <param name="attempt">Reserves; true at the last try, whose refusal is recorded.</param>
    public async ValueTask<Reservation> WaitAsync(Reservation refused, Func<bool, ValueTask<Reservation>> attempt, TimeSpan patience, TimeProvider time, CancellationToken aborted)
    {
        var until = time.GetTimestamp() + (long)(patience.TotalSeconds * time.TimestampFrequency);
        while (refused.IsHeld && Join(refused.Refusal!.BudgetId) is { } place)
        {
            var line = place.Budget;
            try
            {
                do
                {
                    var left = TimeSpan.FromSeconds((until - time.GetTimestamp()) / (double)time.TimestampFrequency);
                    if (left <= TimeSpan.Zero)
                    {
                        return await attempt(true);
                    }
                    if (await place.Turn.WaitAsync(left < looksAfter ? left : looksAfter, aborted) || IsHead(place))
                    {
                        refused = await attempt(false);
                    }
                }
                while (refused.IsHeld && refused.Refusal!.BudgetId == line);
            }
            finally
            {
                Leave(place);
            }
        }
        return refused.IsHeld ? await attempt(true) : refused;
    }

    /// <summary>Something was given back: the head of every line tries.</summary>
    void Wake()
    {
        if (Volatile.Read(ref count) == 0)
        {
            return;
        }
        lock (door)
        {
            foreach (var line in lines.Values)
            {
                line.First?.Value.Call();
            }
        }
    }

    Place? Join(string budget)
    {
        lock (door)
        {
            if (count >= Most)
            {
                return null;
            }
            count++;
            if (!lines.TryGetValue(budget, out var line))
            {
                lines[budget] = line = new LinkedList<Place>();
            }
            var place = new Place(budget);
            line.AddLast(place);
            if (line.Count == 1)
            {
                // What was given back between the refusal and this line was not heard.
                place.Call();
            }
            return place;
        }
    }

    bool IsHead(Place place)
    {
        lock (door)
        {
            return lines[place.Budget].First!.Value == place;
        }
    }

    void Leave(Place place)
    {
        lock (door)
        {
            count--;
            var line = lines[place.Budget];
            var first = line.First!.Value == place;
            line.Remove(place);
            if (line.Count == 0)
            {
                lines.Remove(place.Budget);
            }
            else if (first)
            {
                line.First.Value.Call();
            }
        }
        place.Turn.Dispose();
    }

    /// <summary>A call's place in a line.</summary>
    sealed class Place(string budget)
    {
        public string Budget => budget;

        /// <summary>Holds at most one call, so that several together cause one try.</summary>
        public SemaphoreSlim Turn { get; } = new(0, 1);

        public void Call()
        {
            if (Turn.CurrentCount == 0)
            {
                Turn.Release();
            }
        }
    }
}
