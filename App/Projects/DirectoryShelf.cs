using Governance.Journal;
using Governance.Members;
using Microsoft.EntityFrameworkCore;

namespace Governance.Projects;

/// <summary>Holds the <see cref="Directory"/> in force.</summary>
sealed class DirectoryShelf : JournalListener
{
    volatile Directory current = Directory.Empty;

    public override JournalPhase Phase => JournalPhase.Definitions;

    public Directory Current => current;

    public override void Start(Change change) => current = Load(change.Db);

    public override Action? Prepare(Change change)
    {
        var next = Load(change.Db);
        return () => current = next.Following(current);
    }

    static Directory Load(GovernanceDb db) => new(
        db.Workspaces.AsNoTracking().FirstOrDefault()?.Definition ?? Directory.Empty.Workspace,
        db.Users.Any(member => !member.Removed && member.Role == MemberRole.Owner),
        db.Projects.AsNoTracking().AsEnumerable().Select(row => row.Definition),
        db.Keys.AsNoTracking().AsEnumerable().Select(row => new DirectoryKey(row.Definition, row.LookupId, row.SecretHash, row.Hint, row.CreatedAt)),
        db.ManagementKeys.AsNoTracking().AsEnumerable().Select(row => (row.Definition, row.SecretHash)));
}
