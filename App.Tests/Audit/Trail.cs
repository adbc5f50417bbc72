using Governance.Audit;
using Governance.Journal;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Audit;

/// <summary>A journal on a database of its own, with a clock that the test sets.</summary>
sealed class Trail : IAsyncDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-trail-");

    public Trail(params JournalListener[] listeners)
        : this(Store.Sqlite, listeners)
    {
    }

    public Trail(Store store, params JournalListener[] listeners)
    {
        Settings = new JournalSettings(store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : $"Data Source={Path.Combine(folder.FullName, "governance.db")}");
        using (Database.Take(Settings))
        {
        }
        Feed = new Feed(Clock);
        Journal = new JournalWriter(Settings, Clock, Feed, NullLogger<JournalWriter>.Instance);
        Reads = new Reads(Settings);
        Journal.Start(listeners);
    }

    public SetClock Clock { get; } = new();
    public JournalSettings Settings { get; }
    public JournalWriter Journal { get; }
    public Feed Feed { get; }
    public Reads Reads { get; }

    /// <summary>Appends events, one commit for all.</summary>
    public Task TellAsync(params AuditEvent[] told) => Journal.ChangeAsync(change =>
    {
        foreach (var each in told)
        {
            change.Append(each);
        }
        return true;
    });

    public static AuditEvent Event(string sentence, AuditCategory category = AuditCategory.Change, string project = "chat", string actor = "maria@acme.test", string chain = "chat") => new()
    {
        Chain = chain,
        Category = category,
        Action = category is AuditCategory.Blocked ? "call.refused" : "rule.changed",
        Actor = new Actor(ActorKind.Member, actor),
        Project = project,
        TargetKind = "rule",
        TargetId = "no-opus",
        Sentence = sentence,
    };

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    /// <summary>Shows the time that it was set to.</summary>
    internal sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
