namespace Governance.Budgets.Balances;

/// <summary>What a budget says to one call.</summary>
enum Admission
{
    Admitted,
    /// <summary>What is already spent leaves no room.</summary>
    Exceeded,
    /// <summary>Only what calls in flight hold leaves no room; it may be free in a moment.</summary>
    Held,
}

/// <summary>Whether a call's estimate fits under a cap.</summary>
[Pure]
static class BudgetAdmission
{
    /// <summary>
    /// Refuses what would meet or exceed the cap. A call that costs nothing always passes; a cap of zero refuses everything else;
    /// a budget that only warns refuses nothing.
    /// </summary>
    public static Admission Judge(Money cap, Money posted, Money held, Money estimate, bool hardBlock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(held.Nanos);
        ArgumentOutOfRangeException.ThrowIfNegative(estimate.Nanos);
        if (!hardBlock || estimate == Money.Zero)
        {
            return Admission.Admitted;
        }
        // A correction can make the spend negative; a cap of zero still refuses.
        var spent = (Int128)posted.Nanos + estimate.Nanos;
        return cap <= Money.Zero || spent >= cap.Nanos ? Admission.Exceeded
            : spent + held.Nanos >= cap.Nanos ? Admission.Held
            : Admission.Admitted;
    }
}
