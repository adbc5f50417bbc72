namespace Governance.Journal;

/// <summary>A change of definitions as work: alone in its transaction, and in force everywhere before it is answered.</summary>
sealed class ChangeWork<T>(JournalWriter journal, Func<Change, T> edit) : JournalWork<T>
{
    Change? change;

    public override bool Alone => true;

    public override void Execute(JournalTransaction transaction)
    {
        transaction.ChangesDefinitions = true;
        change = journal.NewChange(transaction);
        try
        {
            Result = edit(change);
            CrashPoint.Reach("change-executed");
            change.Prepare(journal.Listeners);
            CrashPoint.Reach("change-prepared");
        }
        finally
        {
            change.Dispose();
        }
    }

    public override void Committing()
    {
        CrashPoint.Reach("change-committed");
        change!.Swap();
        CrashPoint.Reach("change-swapped");
    }
}
