namespace Governance.Journal.Postgres;

/// <summary>A sign of life as it stands in the store. Only that it changes counts, not what it says: the store's clock may be set.</summary>
readonly record struct LifeSign(string Instance, long HeartbeatMilliseconds, long LastGroup);

/// <summary>
/// Who is silent, by this instance's own steady time. After an outage of the store everybody looks silent to whoever comes back first; so only
/// who looked all the while, without a gap, may say of another one that it gave no sign.
/// </summary>
/// <param name="lease">As long as the lease after which the silent are declared dead. Two looks further apart than two fifths of it are a gap.</param>
sealed class Contact(TimeProvider time, TimeSpan lease)
{
    readonly Lock door = new();
    Dictionary<string, (LifeSign Sign, long Since)> known = new(StringComparer.Ordinal);
    bool begun;
    long since;
    long last;

    /// <summary>This instance gave its own sign and looked at everybody's.</summary>
    /// <param name="asked">From <see cref="TimeProvider.GetTimestamp"/>, before it was asked for, so that a slow answer never counts as contact.</param>
    /// <param name="living">The signs of all that are not declared dead.</param>
    public void Look(long asked, IEnumerable<LifeSign> living)
    {
        lock (door)
        {
            if (!begun || time.GetElapsedTime(last, asked) > Gap)
            {
                since = asked;
            }
            last = begun ? Math.Max(last, asked) : asked;
            begun = true;
            known = living.ToDictionary(sign => sign.Instance, sign => known.TryGetValue(sign.Instance, out var before) && before.Sign == sign ? before : (sign, asked), StringComparer.Ordinal);
        }
    }

    /// <summary>Who has given no sign for a whole lease in which this instance always looked; nobody while it may have missed one.</summary>
    public IReadOnlyList<LifeSign> Silent()
    {
        lock (door)
        {
            return begun && time.GetElapsedTime(since, last) >= lease && time.GetElapsedTime(last) <= Gap
                ? [.. known.Values.Where(one => time.GetElapsedTime(Math.Max(one.Since, since), last) >= lease).Select(one => one.Sign)] : [];
        }
    }

    TimeSpan Gap => 2 * lease / Instances.SignsPerLease;
}
