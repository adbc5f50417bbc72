namespace Governance.Journal;

/// <summary>When a listener's turn comes, the same in every hook: in the order of these names, whatever the order of registration.</summary>
enum JournalPhase
{
    /// <summary>May refuse a change before anything of it is written.</summary>
    Guard,

    /// <summary>What is in force. Before everything that settles, which counts by the budgets in force.</summary>
    Definitions,

    /// <summary>What the budgets of the phase before come to.</summary>
    Balances,

    /// <summary>Looks at the ledger as it was found: before the next two date entries by today's clock and so hide a gap or a restored copy.</summary>
    Fences,

    /// <summary>Resolves the holds of processes that ended.</summary>
    Recovery,

    /// <summary>Writes the calls that were let through without the ledger. Behind the recovery: they are no holds.</summary>
    Replay,

    /// <summary>Ids go on behind the newest, so behind everything that writes calls at a start.</summary>
    Numbering,

    /// <summary>The last that writes: nothing may be added behind the seal.</summary>
    Seal,

    /// <summary>Tells what was committed, and writes nothing.</summary>
    Reporting,
}
