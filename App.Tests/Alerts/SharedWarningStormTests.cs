using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Governance.Alerts;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Projects;
using Governance.Tests.Ledger;
using Governance.Tests.Proofs;
using Governance.Tests.Proofs.Kills;
using Xunit.Abstractions;

namespace Governance.Tests.Alerts;

/// <summary>
/// Three processes on one PostgreSQL database make calls that cross thresholds, and all three try to send. They are killed and start again, some between
/// sending and recording it, and the mail server is down for a while. A mail may then come twice, but never under two Message-IDs.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed partial class SharedWarningStormTests : IDisposable
{
    const int Instances = 3, Crossings = 500, Thresholds = 3;
    static readonly (string Name, string Value) diesAfterSending = ("Governance__CrashAt", "mail-sent");

    readonly string connection;
    readonly ITestOutputHelper output;
    readonly Reads reads;
    readonly int port = Ports.Free();
    readonly List<SmtpServer> servers = [];
    readonly DriverProcess?[] drivers = new DriverProcess?[Instances];
    readonly HashSet<DriverProcess> dying = [];
    int deaths;

    public SharedWarningStormTests(ITestOutputHelper output)
    {
        this.output = output;
        connection = PostgresServer.Shared.NewDatabase();
        reads = new Reads(new JournalSettings(connection));
    }

    public void Dispose()
    {
        foreach (var driver in drivers)
        {
            driver?.Dispose();
        }
        servers.ForEach(server => server.Dispose());
    }

    [Fact]
    public async Task OneMessageIdForEachThresholdAndPeriodAndNoneMissing()
    {
        var restarts = Effort.Times(2, 100);
        var seed = Random.Shared.Next(1_000_000_000);
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        await SetUpAsync(restarts + 1);
        servers.Add(await SmtpServer.StartAsync(port));
        await Task.WhenAll(StartAsync(0, diesAfterSending), StartAsync(1), StartAsync(2));
        // The first has the lease before the others ask for it, and dies with its first mail.
        await drivers[0]!.OrderAsync(WarningDriver.Mail);
        await Eventually.IsTrueAsync(() => HasAsync(db => db.Leases.Any(lease => lease.Name == MailSender.LeaseName)));
        await Task.WhenAll(drivers[1]!.OrderAsync(WarningDriver.Mail), drivers[2]!.OrderAsync(WarningDriver.Mail));
        await CrossAsync(0, Crossings / Instances + 1);
        await Eventually.IsTrueAsync(() => drivers[0]!.HasExited);
        for (var restart = 1; restart <= restarts; restart++)
        {
            await CrossAsync(restart, calls: 5);
            await Task.Delay(random.Next(0, 400));
            if (restart == restarts / 3 + 1)
            {
                servers[^1].Dispose();
            }
            else if (restart == 2 * restarts / 3 + 1)
            {
                servers.Add(await SmtpServer.StartAsync(port));
            }
            var victim = restart == 1 ? 0 : random.Next(Instances);
            dying.Add(drivers[victim]!);
            await drivers[victim]!.KillAsync();
            await StartDeadAsync(restart % 4 == 0 ? [diesAfterSending] : []);
            if (restart % 10 == 0)
            {
                Progress.Say($"warning storm: {restart} restarts, {clock.Elapsed.TotalMinutes:0.0} min");
            }
        }
        await SentAsync(Thresholds * (restarts + 1));
        foreach (var driver in drivers)
        {
            Assert.True(await driver!.EndAsync() == 0, driver.Errors);
        }
        await CheckAsync(seed, restarts + 1, clock);
    }

    async Task SetUpAsync(int budgets)
    {
        await using var rig = new LedgerRig(now: DateTimeOffset.UtcNow, connection: connection);
        for (var number = 0; number < budgets; number++)
        {
            await rig.SaveAsync(new BudgetDefinition
            {
                Id = Budget(number), Scope = [new ScopeTerm(ScopeKind.Project, Budget(number))], Cap = WarningDriver.Cap, HardBlock = false, AlertEmail = "lisa@example.com",
                Thresholds = [new Threshold(50, Severity.Info), new Threshold(80), new Threshold(100, Severity.Critical)],
            });
        }
    }

    static string Budget(int number) => string.Create(CultureInfo.InvariantCulture, $"storm-{number}");

    async Task StartAsync(int number, params (string Name, string Value)[] environment)
    {
        drivers[number] = await DriverProcess.StartAsync([WarningDriver.Command, connection, port.ToString(CultureInfo.InvariantCulture)], environment);
        if (environment.Length > 0)
        {
            dying.Add(drivers[number]!);
        }
    }

    /// <summary>Starts again what was killed, and what died by itself after sending.</summary>
    async Task StartDeadAsync(params (string Name, string Value)[] environment)
    {
        await Task.WhenAll(Enumerable.Range(0, Instances).Where(number => drivers[number]!.HasExited).Select(async number =>
        {
            deaths++;
            Assert.True(dying.Contains(drivers[number]!), "A driver ended by itself: " + drivers[number]!.Errors);
            drivers[number]!.Dispose();
            await StartAsync(number, environment);
            await drivers[number]!.OrderAsync(WarningDriver.Mail);
        }));
    }

    /// <summary>Every instance that lives makes so many calls at once.</summary>
    Task CrossAsync(int budget, int calls) =>
        Task.WhenAll(drivers.Where(driver => !driver!.HasExited).Select(driver => driver!.OrderAsync(string.Create(CultureInfo.InvariantCulture, $"{Budget(budget)} {calls}"))));

    /// <summary>Waits until so many mails are sent and none waits, and the holds of the dead are resolved.</summary>
    Task SentAsync(int mails) => Eventually.IsTrueAsync(async () =>
    {
        await StartDeadAsync();
        return await HasAsync(db => db.Mail.Count() >= mails && db.Mail.All(mail => mail.SentAt != null) && !db.Holds.Any());
    });

    async Task<bool> HasAsync(Func<GovernanceDb, bool> wanted)
    {
        await using var db = reads.Open();
        return wanted(db);
    }

    async Task CheckAsync(int seed, int budgets, Stopwatch clock)
    {
        using var db = reads.Open();
        var claims = db.ThresholdClaims.ToList();
        var mails = db.Mail.ToList();
        var received = servers.SelectMany(server => server.Received).ToList();
        // More than that only where a period ended meanwhile.
        Assert.True(claims.Count >= Thresholds * budgets, $"seed {seed}: {claims.Count} claims of {budgets} budgets");
        Assert.Equal(claims.Select(claim => claim.AuditId).Order(), mails.Select(mail => mail.AuditId).Order());
        Assert.Equal(claims.Count, db.Audit.Count(row => row.Action == ThresholdNotice.Action));
        Assert.Equal(mails.Select(mail => mail.MessageId).Order(StringComparer.Ordinal), db.Audit.Where(row => row.Action == MailTrail.Sent).Select(row => row.TargetId).ToList().Order(StringComparer.Ordinal));
        Assert.Equal(0, db.Audit.Count(row => row.Action == MailTrail.GivenUp));
        Assert.Equal(mails.Select(mail => mail.MessageId).Order(StringComparer.Ordinal), received.Select(mail => mail.MessageId).Distinct().Order(StringComparer.Ordinal));
        foreach (var same in received.GroupBy(mail => ThresholdAndPeriod().Match(mail.MessageId).Groups[1].Value))
        {
            Assert.True(same.Key.Length > 0 && same.Select(mail => mail.MessageId).Distinct().Count() == 1, $"seed {seed}: '{same.Key}' was told under several Message-IDs");
        }
        // One at a time is sent, so that whoever dies, client or server, repeats one mail at most.
        var repeats = received.Count - mails.Count;
        Assert.InRange(repeats, 1, deaths + servers.Count);
        var report = await Verification.VerifyAsync(connection, null);
        Assert.True(report.IsClean, string.Join("; ", report.Findings.Select(finding => $"{finding.Invariant} {finding.Subject}: {finding.Message}")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {Crossings} crossings at once, {Instances} instances, {deaths} restarts, {claims.Count} thresholds, {mails.Count} Message-IDs, none missing, {repeats} sent again by who did not know, in {clock.Elapsed.TotalSeconds:0} s"));
    }

    [GeneratedRegex(@"^<threshold\.(.+)\.[0-9a-f]{16}@governance>$")]
    private static partial Regex ThresholdAndPeriod();
}
