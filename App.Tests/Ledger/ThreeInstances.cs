using Governance.Alerts;
using Governance.Gateway;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Shell;
using Governance.Tests.Operations.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Governance.Tests.Ledger;

/// <summary>Which clocks are wrong.</summary>
public enum Clocks
{
    OneHost,
    AllHosts,
    Database,
    Everything,
}

/// <summary>
/// Up to three instances in one process on one database, as running hosts have them. Their wall clocks, the time that passes for them and the database's clock are
/// the test's, which alone knows what the time really is.
/// </summary>
sealed class ThreeInstances(DateTimeOffset now, MailSettings? mail = null) : IAsyncDisposable
{
    /// <summary>What a running host does again and again is done after at most so much time.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    const int Most = 3;

    readonly List<OneInstance> instances = [];
    readonly TimeSpan[] ahead = new TimeSpan[Most];

    public FakedDatabaseClock Database { get; } = new(now);

    public DateTimeOffset Begun { get; } = now;

    /// <summary>What the time really is.</summary>
    public DateTimeOffset Now { get; private set; } = now;

    /// <summary>For each host how much faster its wall clock and its steady time go than real time, as a share.</summary>
    public double[] Pace { get; } = new double[Most];

    /// <summary>As <see cref="Pace"/> for the database's clock.</summary>
    public double DatabasePace { get; set; }

    public int Count => instances.Count;

    /// <summary>Those that have not fallen silent.</summary>
    public IEnumerable<int> Living => Enumerable.Range(0, instances.Count).Where(at => !instances[at].IsSilent);

    public LedgerRig this[int at] => instances[at].Rig;

    /// <summary>What the log of that instance was told by its journal.</summary>
    public IReadOnlyList<LogLine> LogOf(int at) => instances[at].Log.Of(typeof(JournalWriter).FullName!);

    public void Start(int count = Most)
    {
        for (; count > 0; count--)
        {
            instances.Add(new OneInstance(Database.Connection, Now + ahead[instances.Count], mail));
        }
    }

    public async Task StopAsync()
    {
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
        instances.Clear();
    }

    /// <summary>From now on it does nothing, as if its process had been killed.</summary>
    public void Silence(int at) => instances[at].IsSilent = true;

    /// <summary>Sets clocks, while no time passes.</summary>
    public void Jump(Clocks who, TimeSpan by)
    {
        for (var host = 0; host < Most && who is not Clocks.Database; host++)
        {
            if (host == 0 || who is not Clocks.OneHost)
            {
                JumpHost(host, by);
            }
        }
        if (who is Clocks.Database or Clocks.Everything)
        {
            Database.Move(by);
        }
    }

    public void JumpHost(int at, TimeSpan by)
    {
        ahead[at] += by;
        if (at < instances.Count)
        {
            instances[at].Rig.Clock.Step(by);
        }
    }

    /// <summary>Lets time pass, in which every living instance does what its loops do.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan? round = null)
    {
        while (time > TimeSpan.Zero)
        {
            var step = time < (round ?? Round) ? time : round ?? Round;
            time -= step;
            Now += step;
            Database.Move(step * (1 + DatabasePace));
            for (var at = 0; at < instances.Count; at++)
            {
                instances[at].Rig.Clock.Now += step * (1 + Pace[at]);
            }
            foreach (var at in Living.ToList())
            {
                await instances[at].LoopsAsync();
            }
        }
    }

    /// <summary>A call as the gateway of that instance would begin it.</summary>
    public LedgerCall Call(int at, string project, decimal usd) => this[at].Call(usd, project) with { Id = this[at].Get<CallIds>().Next() };

    /// <summary>Holds and leaves the hold open. Answers whether it was admitted.</summary>
    public Task<bool> HoldAsync(int at, string project, decimal usd) => this[at].HoldAsync(Call(at, project, usd));

    /// <summary>A call from beginning to end. Answers whether it was admitted.</summary>
    public async Task<bool> SpendAsync(int at, string project, decimal usd)
    {
        var call = Call(at, project, usd);
        if (!await this[at].HoldAsync(call))
        {
            return false;
        }
        await this[at].SettleAsync(call, usd);
        return true;
    }

    /// <summary>By how much the ledger's clock of that instance is ahead of what the time really is.</summary>
    public TimeSpan Error(int at) => this[at].Get<TimeProvider>().GetUtcNow() - Now;

    /// <summary>What that instance says at its readiness and on its pages.</summary>
    public IReadOnlyList<string> Warnings(int at) => [.. this[at].Get<IOptions<Frame>>().Value.Banners.Select(ask => ask()).OfType<Banner>().Select(banner => banner.Text)];

    /// <summary>Every entry that the ledger has, and every open hold, by its instant.</summary>
    public IReadOnlyList<DateTimeOffset> Instants()
    {
        using var db = this[0].Get<Reads>().Open();
        return [.. db.Usage.Select(row => row.Id).Concat(db.Holds.Select(row => row.Id)).ToList().Select(id => new CallId(id).At)];
    }

    /// <summary>As whoever verifies beside a clock that is right.</summary>
    public Task<VerificationReport> VerifyAsync() => Verification.VerifyAsync(this[0].Settings.ReadConnectionString, null, now: Now);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Database.Dispose();
    }

    /// <summary>One of them, with what its host runs in loops.</summary>
    sealed class OneInstance : IAsyncDisposable
    {
        readonly InstanceWatch watch;
        readonly NpgsqlConnection connection;

        public OneInstance(string database, DateTimeOffset now, MailSettings? mail)
        {
            Rig = new LedgerRig(mail: mail, now: now, connection: database, log: Log, readsClocks: true);
            watch = ActivatorUtilities.CreateInstance<InstanceWatch>(Rig.Host.Services);
            connection = new NpgsqlConnection(Rig.Settings.WriteConnectionString);
            connection.Open();
        }

        public LedgerRig Rig { get; }
        public CapturedLog Log { get; } = new();
        public bool IsSilent { get; set; }

        public async Task LoopsAsync()
        {
            await watch.GiveSignAsync(connection, Rig.Clock.GetTimestamp(), CancellationToken.None);
            await Rig.Get<StoreWatch>().LookAsync();
            await Rig.Get<InstanceRecovery>().RunAsync();
            await Rig.Get<AlertReader>().PassAsync(CancellationToken.None);
            await Rig.Get<MailSender>().PassAsync(CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            watch.Dispose();
            await Rig.DisposeAsync();
        }
    }
}
