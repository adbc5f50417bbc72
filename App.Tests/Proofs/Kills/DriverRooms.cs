using Governance.Audit;
using Governance.Budgets;
using Governance.Integrity;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Journal.Sqlite;
using Governance.Ledger;
using Governance.Ledger.Holds;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Proofs.Kills;

/// <summary>The product's ledger in a driver's process. Where the store is shared it gives signs of life, and resolves what dead instances held, as the running host does.</summary>
sealed class DriverRooms : IAsyncDisposable
{
    /// <summary>Shorter than the product's, because more is killed here: without a sign of life for so long an instance is declared dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    readonly FileHold? held;
    readonly JournalSettings settings;
    readonly ServiceProvider rooms;

    DriverRooms(JournalSettings settings, Action<IServiceCollection> more)
    {
        this.settings = settings;
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddJournal(settings).AddAudit().AddBudgets().AddLedger().AddIntegrity().AddSingleton<InstanceWatch>();
        more(services);
        rooms = services.BuildServiceProvider();
        // A file is one process's; its tables are there, because whoever starts a driver has made the budgets.
        held = settings.IsShared ? null : Database.Hold(settings);
    }

    public static async Task<DriverRooms> OpenAsync(string connection, Action<IServiceCollection>? more = null)
    {
        var opened = new DriverRooms(new JournalSettings(connection) { InstanceLease = Lease, Folder = Path.Combine(Path.GetTempPath(), $"governance-driver-{Environment.ProcessId}") }, more ?? (_ => { }));
        opened.Get<JournalWriter>().Start(opened.rooms.GetServices<JournalListener>());
        await opened.Get<InstanceWatch>().StartAsync(CancellationToken.None);
        await Console.Out.WriteLineAsync($"{DriverProcess.Ready} {opened.Get<JournalWriter>().Instance}");
        return opened;
    }

    public T Get<T>()
        where T : notnull => rooms.GetRequiredService<T>();

    /// <summary>Resolves what dead instances held, again and again.</summary>
    public async Task RecoverAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Get<InstanceRecovery>().RunAsync();
            }
            catch (JournalUnavailableException)
            {
                // As the running host: in a few seconds again.
            }
            await Task.WhenAny(Task.Delay(settings.InstanceLease / 3, stop));
        }
    }

    /// <summary>Settles as the running host does: what cannot be written is tried again until it can.</summary>
    public static async Task<Money> SettleAsync(SpendLedger ledger, LedgerCall call, CallResult result)
    {
        while (true)
        {
            try
            {
                return await ledger.SettleAsync(call, result);
            }
            catch (JournalUnavailableException)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Whoever started the driver says what it is to do next; it ends when its input is closed.</summary>
    public static async Task OrdersAsync(Action<string> onOrder, CancellationTokenSource stop)
    {
        using var orders = new StreamReader(Console.OpenStandardInput());
        while (await orders.ReadLineAsync() is { } order)
        {
            onOrder(order);
        }
        await stop.CancelAsync();
    }

    /// <summary>Ends once all have, and at once where one of them fails.</summary>
    public static async Task AllAsync(IEnumerable<Task> works)
    {
        await foreach (var ended in Task.WhenEach(works))
        {
            await ended;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await rooms.DisposeAsync();
        held?.Dispose();
    }
}
