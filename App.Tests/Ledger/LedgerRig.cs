using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Integrity;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Projects;
using Governance.Alerts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Ledger;

/// <summary>A clock that stands until it is moved. Setting <see cref="Now"/> lets time pass; <see cref="Step"/> only sets the wall clock, as an administrator would.</summary>
sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    long ticks = now.UtcTicks;
    long passed;

    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref ticks), TimeSpan.Zero);
        set => Interlocked.Add(ref passed, Math.Max(0, value.UtcTicks - Interlocked.Exchange(ref ticks, value.UtcTicks)));
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Step(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Interlocked.Read(ref passed);
}

/// <summary>The ledger on a real database in a temporary folder, with a clock of its own. Jobs run only once the host is started.</summary>
sealed class LedgerRig : IAsyncDisposable
{
    readonly bool ownsFolder;
    readonly Database held;
    CallId last;

    /// <param name="connection">A PostgreSQL database; null for a file in the folder.</param>
    /// <param name="log">Where the log goes too; nowhere where it is null.</param>
    /// <param name="readsClocks">True where the ledger's clock reads the store's, or this machine's, and carries it on by time that passed, as in the running host; else it is the set clock itself.</param>
    public LedgerRig(string? folder = null, MailSettings? mail = null, DateTimeOffset? now = null, Store store = Store.Sqlite, string? connection = null, TimeSpan? askingLimit = null, ILoggerProvider? log = null, bool readsClocks = false)
    {
        ownsFolder = folder is null;
        Folder = folder ?? System.IO.Directory.CreateTempSubdirectory("governance-ledger-").FullName;
        Settings = new JournalSettings(connection ?? (store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : $"Data Source={Path.Combine(Folder, "governance.db")}")) { Folder = Folder, AskingLimit = askingLimit ?? TimeSpan.FromSeconds(60) };
        if (!Settings.IsShared)
        {
            MigratedFile.CopyTo(Path.Combine(Folder, "governance.db"));
        }
        Clock = new SetClock(now ?? new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        var services = builder.Services;
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Critical));
        if (log is not null)
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(log));
        }
        services.AddJournal(Settings).AddAudit().AddBudgets().AddLedger().AddIntegrity().AddAlerts(new ConfigurationBuilder().Build());
        services.AddSingleton<TimeProvider>(readsClocks ? new LedgerTime(Settings.IsShared, Clock, () => null) : Clock);
        if (readsClocks)
        {
            services.AddSingleton<CallIds>().AddJournalListener<GatewaySetup.CallIdStart>();
        }
        if (mail is not null)
        {
            services.AddSingleton(mail);
        }
        services.AddSingleton<AlertReader>().AddSingleton<MailSender>();
        Host = builder.Build();
        held = Database.Take(Settings);
        Get<JournalWriter>().Start(Host.Services.GetServices<JournalListener>());
    }

    public string Folder { get; }
    public JournalSettings Settings { get; }
    public SetClock Clock { get; }
    public IHost Host { get; }

    public T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>Lets time pass in which this instance gives its signs of life, as its watch would; the others' clocks are their own.</summary>
    public void Stay(TimeSpan time)
    {
        for (var end = Clock.Now + time; Clock.Now < end; Clock.Now += Settings.InstanceLease / Instances.SignsPerLease)
        {
            Look();
        }
        Look();
    }

    void Look()
    {
        using var db = Get<Reads>().Open();
        Get<JournalWriter>().Contact.Look(Clock.GetTimestamp(),
            [.. db.Instances.Where(one => one.EndedMilliseconds == null).Select(one => new LifeSign(one.Id, one.HeartbeatMilliseconds, one.LastGroup))]);
    }

    public Task<bool> SaveAsync(BudgetDefinition budget) => Get<BudgetEdits>().SaveAsync(budget, new Actor(ActorKind.Member, "lisa@example.com"));

    public static BudgetDefinition Budget(string id, string usd, string? project = "chat-widget") => new()
    {
        Id = id,
        Cap = Money.FromUsd(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)),
        Scope = project is null ? [] : [new ScopeTerm(ScopeKind.Project, project)],
    };

    /// <summary>A call at the clock's instant, or at another one.</summary>
    public LedgerCall Call(decimal estimate, string project = "chat-widget", DateTimeOffset? at = null)
    {
        var id = at is { } instant ? CallId.FirstAt(instant) : last = CallId.Next(last, Clock.Now);
        return new LedgerCall
        {
            Id = id,
            For = new Attribution { Project = project, Key = "key-1", Model = "claude-haiku-4-5", Vendor = "anthropic" },
            ModelAsked = "claude-haiku-4-5",
            Estimate = Money.FromUsd(estimate),
        };
    }

    /// <summary>Reserves and leaves the hold open. Answers whether it was admitted.</summary>
    public async Task<bool> HoldAsync(LedgerCall call) =>
        (await Get<SpendLedger>().ReserveAsync(call, null, enforce: true, (refused, reservation) => new AuditEvent
        {
            Chain = refused.For.Project,
            Category = AuditCategory.Blocked,
            Action = "call.refused",
            Actor = new Actor(ActorKind.Key, refused.For.Key),
            Project = refused.For.Project,
            TargetKind = "budget",
            TargetId = "any",
            RequestId = refused.Id.ToString(),
            Sentence = "A call was refused.",
        })).IsAdmitted;

    public async Task<LedgerCall> SpendAsync(decimal cost, string project = "chat-widget", decimal? estimate = null, DateTimeOffset? at = null)
    {
        var call = Call(estimate ?? cost, project, at);
        if (await HoldAsync(call))
        {
            await SettleAsync(call, cost);
        }
        return call;
    }

    public async Task SettleAsync(LedgerCall call, decimal cost) => await Get<SpendLedger>().SettleAsync(call, new CallResult
    {
        Outcome = UsageOutcome.Posted,
        Cost = Money.FromUsd(cost),
        Flags = Money.FromUsd(cost) > call.Estimate ? UsageFlags.Overrun : UsageFlags.None,
        Status = 200,
        End = "completed",
    });

    /// <summary>A call that counts one dollar until its settlement comes late, as something else.</summary>
    public async Task CorrectAsync(decimal cost, string project = "chat-widget")
    {
        var call = Call(1m, project);
        Assert.True(await HoldAsync(call));
        await Get<SpendLedger>().SettleAsync(call, new CallResult { Outcome = UsageOutcome.Assumed, Cost = call.Estimate, End = "no_answer" });
        await SettleAsync(call, cost);
    }

    /// <summary>Writes past the journal, as somebody with the file in hand would.</summary>
    public void Tamper(string sql)
    {
        Get<JournalWriter>().Gate.Wait();
        try
        {
            Execute(Settings.WriteConnectionString, sql);
        }
        finally
        {
            Get<JournalWriter>().Gate.Release();
        }
    }

    public static void Execute(string connectionString, string sql)
    {
        if (ConnectionForm.Postgres(connectionString) is not null)
        {
            PostgresServer.Execute(connectionString, sql);
            return;
        }
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public IReadOnlyList<AuditRow> Events(string action)
    {
        using var db = Get<Reads>().Open();
        return [.. db.Audit.Where(row => row.Action == action).OrderBy(row => row.Id)];
    }

    public IReadOnlyList<BalanceRow> Balances(string budget)
    {
        using var db = Get<Reads>().Open();
        return [.. db.Balances.Where(row => row.BudgetId == budget).OrderBy(row => row.StartsMilliseconds)];
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Host).DisposeAsync();
        held.Dispose();
        if (ownsFolder)
        {
            System.IO.Directory.Delete(Folder, recursive: true);
        }
    }
}
