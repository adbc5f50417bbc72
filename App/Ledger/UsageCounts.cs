using Governance.Audit;

namespace Governance.Ledger;

/// <summary>How many entries of each outcome this process has committed. Counted on the journal's thread, read by anybody.</summary>
sealed class UsageCounts : JournalListener
{
    readonly long[] committed = new long[Enum.GetValues<UsageOutcome>().Length];
    readonly long[] pending = new long[Enum.GetValues<UsageOutcome>().Length];

    public long Of(UsageOutcome outcome) => Volatile.Read(ref committed[(int)outcome]);

    /// <summary>Within a transaction.</summary>
    public void Add(UsageOutcome outcome) => pending[(int)outcome]++;

    public override void AfterCommit()
    {
        for (var i = 0; i < pending.Length; i++)
        {
            Volatile.Write(ref committed[i], committed[i] + pending[i]);
            pending[i] = 0;
        }
    }

    public override void AfterRollback() => Array.Clear(pending);
}
