using System.Globalization;

namespace Governance.Shell.Controls;

/// <summary>Amounts as people read them: in cents, and with every decimal where cents would say nothing, or the same of two different amounts.</summary>
[Pure]
public static class MoneyText
{
    const long NanosPerCent = Money.NanosPerDollar / 100;

    /// <summary>Cents from a cent upward, rounded; everything below it exactly: <c>$0.000412345</c>.</summary>
    public static string Of(Money amount) => amount.Nanos is > -NanosPerCent and < NanosPerCent and not 0 ? Exact(amount) : amount.ToCents();

    /// <summary>Dollars and cents, and all further decimals where there are any.</summary>
    public static string Exact(Money amount) =>
        (amount < Money.Zero ? "−$" : "$") + Math.Abs(amount.Usd).ToString("#,##0.00#######", CultureInfo.InvariantCulture);

    /// <summary>Amounts that stand beside a cap, which itself is always exact: in cents where these tell all of them apart, else exact.</summary>
    public static string[] Beside(Money cap, params ReadOnlySpan<Money> amounts)
    {
        var texts = new string[amounts.Length];
        var isExact = false;
        for (var i = 0; i < amounts.Length; i++)
        {
            texts[i] = Of(amounts[i]);
            isExact |= IsMistakable(amounts[i], cap) || (texts[i] == Exact(cap) && amounts[i] != cap);
            for (var other = 0; other < i; other++)
            {
                isExact |= IsMistakable(amounts[i], amounts[other]);
            }
        }
        for (var i = 0; isExact && i < amounts.Length; i++)
        {
            texts[i] = Exact(amounts[i]);
        }
        return texts;
    }

    /// <summary>True of two different amounts that read the same.</summary>
    public static bool IsMistakable(Money one, Money other) => one != other && Of(one) == Of(other);
}
