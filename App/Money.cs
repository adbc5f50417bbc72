using System.Globalization;

namespace Governance;

/// <summary>An amount in whole nano-dollars (1e-9 USD); the range is about ±$9.2 billion. Arithmetic is checked and never rounds.</summary>
/// <param name="Nanos">Nano-dollars; may be negative (a correction or an overdrawn remainder).</param>
[Pure]
public readonly record struct Money(long Nanos) : IComparable<Money>
{
    /// <summary>Nano-dollars in a dollar.</summary>
    public const long NanosPerDollar = 1_000_000_000;

    public static readonly Money Zero;

    public static Money operator +(Money left, Money right) => new(checked(left.Nanos + right.Nanos));
    public static Money operator -(Money left, Money right) => new(checked(left.Nanos - right.Nanos));
    public static bool operator <(Money left, Money right) => left.Nanos < right.Nanos;
    public static bool operator >(Money left, Money right) => left.Nanos > right.Nanos;
    public static bool operator <=(Money left, Money right) => left.Nanos <= right.Nanos;
    public static bool operator >=(Money left, Money right) => left.Nanos >= right.Nanos;

    /// <summary>The amount of <paramref name="nanos"/>, or the end of the range where it lies beyond.</summary>
    public static Money Nearest(Int128 nanos) => new((long)Int128.Clamp(nanos, long.MinValue, long.MaxValue));

    public static Money Max(Money left, Money right) => left >= right ? left : right;
    public static Money Min(Money left, Money right) => left <= right ? left : right;

    /// <summary>The exact amount of <paramref name="usd"/> dollars. More than nine decimals or out of range is an <see cref="OverflowException"/> or <see cref="ArgumentException"/>.</summary>
    public static Money FromUsd(decimal usd)
    {
        var nanos = usd * NanosPerDollar;
        if (nanos != decimal.Truncate(nanos))
        {
            throw new ArgumentException($"{usd} USD has more than nine decimals.", nameof(usd));
        }
        return new Money((long)nanos);
    }

    /// <summary>Reads a plain decimal such as <c>50.00</c>: optional sign, digits, at most nine decimals; no exponent, no thousands separators, no currency sign.</summary>
    public static bool TryParse(string? text, out Money money)
    {
        money = Zero;
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var usd) || Math.Abs(usd) > 9_000_000_000m)
        {
            return false;
        }
        var nanos = usd * NanosPerDollar;
        if (nanos != decimal.Truncate(nanos))
        {
            return false;
        }
        money = new Money((long)nanos);
        return true;
    }

    /// <summary>The amount in dollars, exact.</summary>
    public decimal Usd => (decimal)Nanos / NanosPerDollar;

    /// <summary>Dollars as a plain decimal with at least two decimals and no trailing zeros beyond them: <c>50.00</c>, <c>0.000486</c>. <see cref="TryParse"/> reads it back.</summary>
    public string ToPlain()
    {
        // By hand: several of these stand in the head of every answer.
        Span<char> text = stackalloc char[24];
        var size = Nanos < 0 ? 0UL - (ulong)Nanos : (ulong)Nanos;
        var (whole, fraction) = (size / (ulong)NanosPerDollar, size % (ulong)NanosPerDollar);
        var at = text.Length;
        for (var decimals = 9; decimals > 0; decimals--)
        {
            (fraction, var digit) = (fraction / 10, fraction % 10);
            if (decimals <= 2 || digit != 0 || at < text.Length)
            {
                text[--at] = (char)('0' + digit);
            }
        }
        text[--at] = '.';
        do
        {
            (whole, var digit) = (whole / 10, whole % 10);
            text[--at] = (char)('0' + digit);
        }
        while (whole > 0);
        if (Nanos < 0)
        {
            text[--at] = '-';
        }
        return new string(text[at..]);
    }

    /// <summary>Dollars and cents for people, rounded half away from zero: <c>$1,234.56</c>, <c>−$0.10</c>.</summary>
    public string ToCents() => Signed(Math.Abs(Usd).ToString("#,##0.00", CultureInfo.InvariantCulture));

    /// <summary>For people: cents from a cent upward, every decimal below it (<c>$0.000486</c>), so that a small cost reads as what it is.</summary>
    public override string ToString() =>
        Math.Abs(Usd) is > 0 and < 0.01m and var small ? Signed(small.ToString("0.00#######", CultureInfo.InvariantCulture)) : ToCents();

    public int CompareTo(Money other) => Nanos.CompareTo(other.Nanos);

    string Signed(string amount) => Nanos < 0 ? "−$" + amount : "$" + amount;
}
