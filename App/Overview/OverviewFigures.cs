using Governance.Audit.Timeline;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Ledger;
using Governance.Shell.Controls;

namespace Governance.Overview;

/// <summary>A budget with its balance as the gate has it.</summary>
[Pure]
sealed record CapState(BudgetDefinition Budget, BudgetPeriod Period, Money Posted, Money Held)
{
    /// <summary>What the gate would say to the smallest call that costs anything; short of a refusal, whether the first warning was reached.</summary>
    public StatusKind Verdict =>
        BudgetAdmission.Judge(Budget.Cap, Posted, Held, new Money(1), Budget.HardBlock) is not Admission.Admitted ? StatusKind.Denied
        : Thresholds.Crossed(Budget.Thresholds, Posted, Budget.Cap).Count > 0 || Posted >= Budget.Cap ? StatusKind.Warned
        : StatusKind.Approved;

    /// <summary>A budget that only warns is never said to block, however far beyond its cap it is.</summary>
    public string VerdictText => Verdict is StatusKind.Warned && Posted >= Budget.Cap ? "Over cap, warns only" : StatusLook.BudgetWord(Verdict);
}

/// <summary>One tile: a project, or the whole workspace where it has a cap.</summary>
/// <param name="Project">Null for the workspace.</param>
/// <param name="Cap">Null where nothing limits it.</param>
sealed record SpendTile(string? Project, string Name, string? Owner, bool Stopped, CapState? Cap, ProjectSpend Month);

/// <summary>What is done of the first steps.</summary>
[Pure]
sealed record FirstSteps(bool Key, bool Call, bool Cap, bool Recipient)
{
    public bool Complete => Key && Call && Cap && Recipient;
}

/// <summary>Everything that the overview shows, of one instant.</summary>
sealed record OverviewFigures(MonthSpend Month, IReadOnlyList<SpendTile> Tiles, IReadOnlyList<AuditEntry> Latest, FirstSteps Steps, DateTimeOffset ReadAt);
