using Governance.Budgets.Balances;
using Governance.Revisions;

namespace Governance.Budgets;

/// <summary>A budget in its newest version. Its balances stand in rows of their own: saving a form can never touch them.</summary>
sealed class BudgetRow : DefinitionRow<BudgetDefinition>;

/// <summary>What has been spent and is held of one budget in one period. Written by the journal only, and always equal to what the ledger's entries and open holds add up to.</summary>
sealed class BalanceRow
{
    public long Id { get; init; }
    public required string BudgetId { get; init; }
    /// <summary>As in <see cref="BudgetPeriod.Key"/>.</summary>
    public required string Period { get; init; }
    public long StartsMilliseconds { get; init; }
    public long EndsMilliseconds { get; init; }
    public long PostedNanos { get; init; }
    public long HeldNanos { get; init; }
    /// <summary>Counts the writes; a write that finds another number than it read fails its whole group.</summary>
    public long Version { get; init; }
}

/// <summary>That a threshold was reached: one row for each budget, period and percentage, so that it is told once.</summary>
sealed class ThresholdClaimRow
{
    public required string BudgetId { get; init; }
    public required string Period { get; init; }
    public int Percent { get; init; }
    public long AtMilliseconds { get; init; }
    /// <summary>The audit event that told it.</summary>
    public long AuditId { get; init; }
}
