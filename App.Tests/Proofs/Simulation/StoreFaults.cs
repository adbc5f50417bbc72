using Governance.Journal;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>Makes the store itself fail: a statement that is interrupted somewhere in its middle, or commits that are refused. What fails is SQLite, not a stand-in.</summary>
sealed class StoreFaults : JournalListener
{
    sqlite3? database;
    int commits;
    bool statement;

    public override JournalPhase Phase => JournalPhase.Reporting;

    /// <summary>Commits that are refused while the process starts.</summary>
    public int AtStart { get; set; }

    /// <summary>How many faults have struck since the last <see cref="Disarm"/>.</summary>
    public int Struck { get; private set; }

    public override void Start(Change change)
    {
        database = ((SqliteConnection)Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(change.Db.Database)).Handle!;
        if (AtStart > 0)
        {
            RefuseCommits(AtStart);
            AtStart = 0;
        }
    }

    /// <summary>The next commits are refused.</summary>
    public void RefuseCommits(int count)
    {
        commits = count;
        raw.sqlite3_commit_hook(database!, _ =>
        {
            if (commits == 0)
            {
                return 0;
            }
            commits--;
            Struck++;
            return 1;
        }, null);
    }

    /// <summary>Interrupts the statement that runs after this many instructions of SQLite's machine, once.</summary>
    public void InterruptAfter(int instructions)
    {
        statement = true;
        raw.sqlite3_progress_handler(database!, instructions, _ =>
        {
            // Only inside the transaction: a COMMIT that is interrupted when it is done would have succeeded and say otherwise.
            if (!statement || raw.sqlite3_get_autocommit(database!) != 0)
            {
                return 0;
            }
            statement = false;
            Struck++;
            return 1;
        }, null);
    }

    public void Disarm()
    {
        (commits, statement, Struck) = (0, false, 0);
        raw.sqlite3_commit_hook(database!, null, null);
        raw.sqlite3_progress_handler(database!, 0, null, null);
    }
}
