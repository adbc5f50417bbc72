using Governance.Journal.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Governance.Journal;

/// <summary>Opens the database for reading. Such a context cannot write, whatever is asked of it.</summary>
sealed class Reads(JournalSettings settings)
{
    readonly Func<GovernanceDb> open = StoreContext.On(settings.ReadConnectionString, settings.IsShared, options => options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .AddInterceptors(settings.IsShared ? [] : [new OpenedFilesCheck(settings.Opened)]));

    /// <summary>A context of its own, to be disposed by the caller.</summary>
    public GovernanceDb Open() => open();
}
