using Governance.Journal;

namespace Governance.Tests.Journal;

/// <summary>A dump of an older version that was restored over a newer one's tables (<c>pg_restore --clean</c> leaves those that it does not name).</summary>
public sealed class OlderDumpTests
{
    [Fact]
    public void TheUpgradeSaysWhatHappenedAndWhatToDo()
    {
        var database = PostgresServer.Shared.NewDatabase();
        PostgresServer.Execute(database, "DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" >= '20261130093518_KeyRing'");
        var fault = Assert.Throws<InvalidOperationException>(() => Database.Take(new JournalSettings(database)));
        Assert.Contains("relation \"key_ring\" already exists", fault.Message, StringComparison.Ordinal);
        Assert.Contains("pg_restore --clean", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Drop the database, create it again, restore the backup", fault.Message, StringComparison.Ordinal);
        // What the command line prints is the sentence, not the server's own.
        Assert.Equal(fault.Message, Governance.Operations.Start.StartUp.Sentence(fault));
    }
}
