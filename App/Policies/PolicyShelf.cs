using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Policies;

/// <summary>Holds the <see cref="PolicySet"/> in force.</summary>
sealed class PolicyShelf : JournalListener
{
    volatile PolicySet current = PolicySet.Empty;

    public override JournalPhase Phase => JournalPhase.Definitions;

    public PolicySet Current => current;

    public override void Start(Change change) => current = Load(change.Db);

    public override Action? Prepare(Change change)
    {
        var next = Load(change.Db);
        return () => current = next;
    }

    static PolicySet Load(GovernanceDb db) => PolicySet.Compile(
        db.Rules.AsNoTracking().AsEnumerable().Select(row => (row.Definition, row.Version)),
        db.Routes.AsNoTracking().AsEnumerable().Select(row => row.Definition));
}
