using System.Globalization;

namespace Governance.Shell.Controls;

/// <summary>Where the parts of a spend bar stand, in percent of its width; the bar is as wide as the cap, or as the spend where that is more.</summary>
[Pure]
readonly record struct SpendShares(decimal SettledPercent, decimal HeldPercent, decimal CapPercent)
{
    public static SpendShares Of(Money settled, Money held, Money cap)
    {
        var spent = Math.Max(settled.Usd, 0);
        var pending = Math.Max(held.Usd, 0);
        var width = Math.Max(Math.Max(cap.Usd, 0), spent + pending);
        return width == 0
            ? new SpendShares(0, 0, 100)
            : new SpendShares(100 * spent / width, 100 * pending / width, 100 * Math.Max(cap.Usd, 0) / width);
    }

    /// <summary>Spend as a share of the cap, cut rather than rounded, so that 100 % is never said before it is so.</summary>
    public static string UsedText(Money settled, Money cap)
    {
        if (cap <= Money.Zero)
        {
            return settled > Money.Zero ? "over 100%" : "0%";
        }
        var percent = Math.Truncate(1000 * Math.Max(settled.Usd, 0) / cap.Usd) / 10;
        return percent.ToString("0.#", CultureInfo.InvariantCulture) + "%";
    }

    /// <summary>A length for the stylesheet.</summary>
    public static string Css(decimal percent) => percent.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
