namespace Governance.Budgets.Balances;

/// <summary>How far on the way to the cap the spend has come.</summary>
[Pure]
static class Thresholds
{
    /// <summary>The thresholds that the spend has reached, lowest first. Of a cap of zero all are reached with the first nano-dollar, none before.</summary>
    public static IReadOnlyList<Threshold> Crossed(IReadOnlyList<Threshold> thresholds, Money posted, Money cap)
    {
        List<Threshold>? crossed = null;
        for (var i = 0; i < thresholds.Count; i++)
        {
            if (IsCrossed(thresholds[i].Percent, posted, cap))
            {
                (crossed ??= []).Add(thresholds[i]);
            }
        }
        crossed?.Sort((left, right) => left.Percent.CompareTo(right.Percent));
        return crossed is null ? [] : crossed;
    }

    /// <summary>Exact: no percentage is ever rounded.</summary>
    public static bool IsCrossed(int percent, Money posted, Money cap) =>
        posted > Money.Zero && (Int128)posted.Nanos * 100 >= (Int128)cap.Nanos * percent;
}
