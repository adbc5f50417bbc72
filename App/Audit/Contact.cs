namespace Governance.Audit;

/// <summary>
/// For how long this instance has given its signs of life without a gap. After an outage of the store everybody looks silent to whoever
/// comes back first; so only who was there all the while may say of another one that it was not.
/// </summary>
/// <param name="lease">As long as the lease after which the silent are declared dead. Two signs further apart than two fifths of it are a gap.</param>
sealed class Contact(TimeProvider time, TimeSpan lease)
{
    readonly Lock door = new();
    bool begun;
    long since;
    long last;

    /// <summary>A sign arrived. The instant is the one at which it was asked for, so that a slow answer never counts as contact.</summary>
    /// <param name="asked">From <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Sign(long asked)
    {
        lock (door)
        {
            if (!begun || time.GetElapsedTime(last, asked) > Gap)
            {
                since = asked;
            }
            last = begun ? Math.Max(last, asked) : asked;
            begun = true;
        }
    }

    /// <summary>True after a whole lease without a gap, and while the last sign is fresh.</summary>
    public bool IsSteady
    {
        get
        {
            lock (door)
            {
                return begun && time.GetElapsedTime(since, last) >= lease && time.GetElapsedTime(last) <= Gap;
            }
        }
    }

    TimeSpan Gap => 2 * lease / Instances.SignsPerLease;
}
