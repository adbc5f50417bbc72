using Microsoft.EntityFrameworkCore;

namespace Governance.Audit;

/// <summary>Opens the database for reading. Such a context cannot write, whatever is asked of it.</summary>
sealed class Reads(JournalSettings settings)
{
    readonly DbContextOptions<GovernanceDb> options = new DbContextOptionsBuilder<GovernanceDb>()
        .UseSqlite(settings.ReadConnectionString)
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .Options;

    /// <summary>A context of its own, to be disposed by the caller.</summary>
    public GovernanceDb Open() => new(options);
}
