namespace Governance.Budgets.Balances;

/// <summary>A balance in memory, as the open transaction has it.</summary>
sealed class Balance
{
    public required CompiledBudget Budget { get; init; }
    public required BudgetPeriod Period { get; init; }
    public long Id { get; init; }
    public Money Posted { get; set; }
    public Money Held { get; set; }
    public long Version { get; set; }
    public bool Dirty { get; set; }
    /// <summary>The percentages that are told already, so that the database is asked only at a crossing.</summary>
    public HashSet<int> Told { get; init; } = [];
}

/// <summary>What a reservation came to.</summary>
/// <param name="Refusal">Null where every matching budget admitted the call and holds its amount.</param>
/// <param name="Remaining">The smallest remainder after the hold; null where no budget matches, or the call was refused.</param>
/// <param name="RemainingOf">The id of the budget that has it.</param>
/// <param name="IsFenced">True where no budget was asked, because no calls are admitted until somebody says what was spent; nothing is held or recorded then.</param>
/// <param name="IsCounted">True where the refusal has no record of its own, because its key was refused too often in this second: it is counted in one row.</param>
readonly record struct Reservation(BudgetRefusal? Refusal, Money? Remaining, string? RemainingOf = null, bool IsFenced = false, bool IsCounted = false)
{
    /// <summary>True where the call may be sent.</summary>
    public bool IsAdmitted => Refusal is null && !IsFenced;

    /// <summary>True where only what calls in flight hold was in the way.</summary>
    public bool IsHeld => Refusal?.DenyCode == BudgetRefusal.InFlight;
}
