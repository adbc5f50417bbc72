namespace Governance.Ledger.Entries;

/// <summary>
/// Identifies a call in the ledger, in the trail and to its client (<c>req_…</c>). Ordered by time: milliseconds since 2020-01-01 UTC
/// in the upper bits, so that a period is a range of ids and the newest call has the largest id.
/// </summary>
[Pure]
readonly record struct CallId(long Value) : IComparable<CallId>
{
    const int LowerBits = 22;
    const int InstanceBits = 10;
    const string Prefix = "req_";
    const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    const int Digits = 13;
    static readonly long Origin = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>The smallest id of that instant.</summary>
    public static CallId FirstAt(DateTimeOffset instant) => new(Math.Max(0, instant.ToUnixTimeMilliseconds() - Origin) << LowerBits);

    /// <summary>How many ids an instant has.</summary>
    public const int PerMillisecond = 1 << LowerBits;

    /// <summary>One of the ids of that instant.</summary>
    /// <param name="place">Below <see cref="PerMillisecond"/>.</param>
    public static CallId OneOf(DateTimeOffset instant, int place) => new(FirstAt(instant).Value + place);

    /// <summary>The id behind <paramref name="last"/>: of this instant, or one more where the clock has not moved on or went back.</summary>
    public static CallId Next(CallId last, DateTimeOffset now) => new(Math.Max(last.Value + 1, FirstAt(now).Value));

    /// <summary>As <see cref="Next(CallId, DateTimeOffset)"/> where several instances give ids: each ends in the instance's number, so that no two give the same.</summary>
    public static CallId Next(CallId last, DateTimeOffset now, int instance) =>
        new((Math.Max((last.Value >> InstanceBits) + 1, FirstAt(now).Value >> InstanceBits) << InstanceBits) | (long)instance);

    /// <summary>The instant of the call, to the millisecond: the one that decides its period.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds((Value >> LowerBits) + Origin);

    public static bool TryParse(string? text, out CallId id)
    {
        id = default;
        if (text is null || text.Length != Prefix.Length + Digits || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        var value = 0L;
        foreach (var character in text.AsSpan(Prefix.Length))
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0 || value > long.MaxValue >> 5)
            {
                return false;
            }
            value = (value << 5) | (uint)digit;
        }
        id = new CallId(value);
        return true;
    }

    public override string ToString() => string.Create(Prefix.Length + Digits, Value, static (text, value) =>
    {
        Prefix.CopyTo(text);
        for (var i = text.Length - 1; i >= Prefix.Length; i--)
        {
            text[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    });

    public int CompareTo(CallId other) => Value.CompareTo(other.Value);
}
