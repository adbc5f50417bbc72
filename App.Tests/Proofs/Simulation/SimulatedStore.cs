using System.Runtime.CompilerServices;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Integrity;
using Governance.Journal;
using Governance.Ledger;
using Governance.Tests.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>The product's own journal, balances and ledger on a real SQLite file that lies in memory, with a clock that is set and a store that can be made to fail. It ends and starts as a process does: nothing but the file is left.</summary>
sealed class SimulatedStore : IDisposable
{
    static readonly Lazy<string> template = new(Empty);

    readonly string folder = Directory.CreateDirectory(Path.Combine(Room, "governance-simulation-" + Guid.NewGuid().ToString("N"))).FullName;
    readonly ServiceCollection services = [];
    ServiceProvider? rooms;

    /// <param name="clock">Makes the clock of a process that starts.</param>
    /// <param name="planted">SQL that plants a fault into the store.</param>
    public SimulatedStore(Func<TimeProvider> clock, string? planted)
    {
        Settings = new JournalSettings($"Data Source={Path.Combine(folder, "governance.db")}") { OwnThread = false, GatherFrom = int.MaxValue, CheckpointGroups = 50 };
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).AddJournal(Settings).AddAudit().AddBudgets().AddLedger().AddIntegrity();
        services.AddSingleton(_ => clock()).AddSingleton<CallIds>().AddJournalListener<GatewaySetup.CallIdStart>().AddSingleton<JournalListener>(_ => Faults);
        File.Copy(template.Value, Settings.File);
        if (planted is not null)
        {
            LedgerRig.Execute(Settings.WriteConnectionString, planted);
        }
        Start();
    }

    public JournalSettings Settings { get; }
    public StoreFaults Faults { get; private set; } = new();
    public JournalWriter Journal { get; private set; } = null!;
    public SpendLedger Ledger { get; private set; } = null!;
    public BudgetEdits Edits { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => rooms!.GetRequiredService<T>();

    /// <summary>Reads what the file says and resolves what an earlier run left open. Throws where the store fails meanwhile; nothing is then running.</summary>
    public void Start(int refusedCommits = 0)
    {
        Faults = new StoreFaults { AtStart = refusedCommits };
        rooms = services.BuildServiceProvider();
        try
        {
            Journal = Get<JournalWriter>();
            Journal.Start(rooms.GetServices<JournalListener>());
        }
        catch
        {
            Stop();
            throw;
        }
        (Ledger, Edits) = (Get<SpendLedger>(), Get<BudgetEdits>());
    }

    /// <summary>Everything but the file is gone.</summary>
    public void Stop()
    {
        rooms?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        rooms = null;
        using var pooled = new SqliteConnection(Settings.ReadConnectionString);
        SqliteConnection.ClearPool(pooled);
    }

    /// <summary>Writes until <paramref name="work"/> is done.</summary>
    public T Drive<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            Journal.WriteWaiting();
            // Not done: a scan runs beside the journal, on the pool.
            _ = Task.WaitAny([work], millisecondsTimeout: 1);
        }
        return work.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        Stop();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Files that no disk has to hold, where the machine has such a place.</summary>
    static string Room => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    static string Empty()
    {
        var folder = Directory.CreateTempSubdirectory("governance-empty-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        var settings = new JournalSettings($"Data Source={Path.Combine(folder.FullName, "governance.db")}");
        using (Database.Take(settings))
        {
            LedgerRig.Execute(settings.WriteConnectionString, "PRAGMA journal_mode=DELETE");
        }
        return settings.File;
    }
}

/// <summary>SQLite counts its memory under one lock for all connections of a process, at which walks on several processors would wait for each other. It can be told not to before its first connection only.</summary>
static class SqliteMemory
{
    [ModuleInitializer]
    internal static void CountNothing()
    {
        SQLitePCL.Batteries_V2.Init();
        if (SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0) is not SQLitePCL.raw.SQLITE_OK and var code)
        {
            throw new InvalidOperationException($"SQLite answers {code}: it is in use already.");
        }
    }
}
