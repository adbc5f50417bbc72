using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Ledger;

namespace Governance.Configuration;

/// <summary>What can be asked of the program besides serving. Exit codes: 0 done or clean, 1 differs or refused, 2 could not be read.</summary>
static class CommandLine
{
    /// <summary>The exit code of a command that was not done.</summary>
    public const int Refused = 1;

    const string Force = "--force";
    const string FenceOnly = "--fence";

    const string Help = """
        Governance: AI-spend control.

        App                    serve the dashboard and the gateway
        App verify [--json]    prove the ledger from its own rows, print what was checked and what differs (0 clean, 1 differs, 2 could not read)
        App reconcile          put every balance right from the ledger; on SQLite the process that serves must be stopped
        App backup <file>      copy the database, also while it is in use, and prove the copy; --force writes over a file
        App restore <file>     put a backup in the place of the database, which is kept; calls stay stopped until acknowledged
        App restore --fence    only stop calls until acknowledged: for a database that was restored by other means (pg_restore)
        App acknowledge --spent-since-backup <usd> [--project <id>=<usd> …]
                               enter what was spent since the backup (0 for nothing) and take calls again; on SQLite the process must be
                               stopped. The projects named count their amounts, which come to the whole; where none is named, each counts
                               its share of the last 30 days' spend. Printed before it is done; it counts in the periods that run now
        App audit export <file>, verify <export>, public-key
                               take the trail out, and prove an export without a database (App audit --help)
        App migrate            bring the database to this version's tables and stop
        App reference document|settings
                               print every key of the document, or every setting of the host, with what it says
        App --help             this text

        Settings come from appsettings.json (beside the program, then of the working folder), the environment (Governance__…) or the command line (--Governance:…=value):
          Urls                             where it listens (http://localhost:5000)
          ConnectionStrings:Governance     a SQLite file (Data Source=data/governance.db) or PostgreSQL (Host=…;Database=…, postgres://…)
          Governance:Bootstrap             a configuration document to apply at start
          Governance:SetupToken            the token that makes the first owner, instead of the one that each start prints as a link
          Governance:ShowFirstKey          true prints secrets of new keys wherever the output goes, false nowhere (only on a terminal)
          Governance:ManagementKey         a key for /api/policy/plan, apply and export, and for /metrics
          Governance:Metrics:Public        true lets anybody read /metrics (false)
          Governance:Telemetry:OtlpEndpoint, OtlpProtocol
                                           where metrics and traces are sent (nowhere), by grpc or http/protobuf (grpc)
          Governance:PublicUrl             where people reach the dashboard; stands in mails
          AllowedHosts                     names under which pages answer (this machine's, PublicUrl's, and those in Urls; gov.example.com;*.example.com)
          Governance:Proxies               proxies whose X-Forwarded-For, -Proto and -Host count: addresses or networks (none)
          Governance:RequireHttps          true leads people to https and refuses keys in the clear (false)
          Governance:KeyRing:PassphraseFile, or CertificateFile with CertificatePasswordEnv
                                           what encrypts the keys of sessions and stored secrets (nothing)
          Governance:Smtp:Host, Port, From mails about thresholds
          Governance:Drain:Seconds         how long calls in flight may go on after SIGTERM (600); a second signal cuts them
          Governance:Audit:Checkpoints:Folder, KeyFile, Seconds, Records
                                           where signed checkpoints of the trail are written (checkpoints/ beside the database), and how often
          Governance:Gateway:…             limits of the way through (README, "Running it")
        """;

    /// <summary>The exit code of a command, or null where the program is to serve.</summary>
    public static async Task<int?> RunAsync(string[] args)
    {
        try
        {
            return await DoAsync(args);
        }
        catch (Exception exception) when (StartUp.IsFault(exception))
        {
            await Console.Error.WriteLineAsync(StartUp.Sentence(exception));
            return StartUp.Failed;
        }
    }

    static async Task<int?> DoAsync(string[] args)
    {
        var command = CommandOf(args);
        if (command == "help" || args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(command == "audit" ? AuditCommand.Help : Help);
            return 0;
        }
        switch (command)
        {
            case null:
                return null;
            case "verify":
                return Settings(args) is { } verified ? await VerifyCommand.RunAsync(verified, new CheckpointSettings(Configured(args), verified.Folder), args.Contains(VerifyCommand.Json)) : 2;
            case "backup":
                return Settings(args) is { } kept ? await BackupCommand.RunAsync(kept, FileOf(args), args.Contains(Force)) : 2;
            case "restore":
                return Settings(args) is { } restored ? await RestoreCommand.RunAsync(restored, new CheckpointSettings(Configured(args), restored.Folder), FileOf(args), args.Contains(FenceOnly), args.Contains(Force)) : 2;
            case "audit":
                return await AuditCommand.RunAsync(args[1..], Configured([.. args.Where((arg, i) => i == 0 || (arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('=')))]));
            case "migrate":
                return Settings(args) is { } migrated ? Migrate(migrated) : 2;
            case "reference":
                return Documentation.ReferenceCommand.Run(args.ElementAtOrDefault(1));
            case "reconcile" or "acknowledge":
                return null;
            default:
                await Console.Error.WriteLineAsync($"'{command}' is no command.{Environment.NewLine}{Environment.NewLine}{Help}");
                return 2;
        }
    }

    /// <summary>The exit code of a command that needs the rooms; null where the program is to serve.</summary>
    public static async Task<int?> RunWithAsync(string[] args, IServiceProvider services) => CommandOf(args) switch
    {
        "reconcile" => await ReconcileAsync(services),
        "acknowledge" => await AcknowledgeCommand.RunAsync(args, services),
        _ => null,
    };

    static async Task<int> ReconcileAsync(IServiceProvider services)
    {
        // The host does not run; where several instances share the store this one must give its signs of life all the same.
        using var watch = services.GetServices<IHostedService>().OfType<InstanceWatch>().Single();
        await watch.StartAsync(CancellationToken.None);
        var report = await services.GetRequiredService<Reconciliation>().RunAsync(new Actor(ActorKind.System, "command-line"));
        Console.WriteLine(report.Sentence);
        foreach (var drift in report.Drifts)
        {
            Console.WriteLine($"  {drift.BudgetId} {drift.Period}: {drift.PostedBefore} -> {drift.PostedAfter} spent, {drift.HeldBefore} -> {drift.HeldAfter} held");
        }
        return 0;
    }

    /// <summary>True where something else is asked for than to serve.</summary>
    public static bool IsCommand(string[] args) => CommandOf(args) is not null;

    /// <summary>A command stands first; everything behind it, and everything that begins with a dash or has an equals sign, is a setting.</summary>
    static string? CommandOf(string[] args) => args is [var first, ..] && !first.StartsWith('-') && !first.Contains('=') ? first : null;

    static string? FileOf(string[] args) => args.Skip(1).FirstOrDefault(arg => !arg.StartsWith('-') && !arg.Contains('='));

    static JournalSettings? Settings(string[] args)
    {
        var configuration = Configured(args);
        var faults = SettingsCheck.StoreFaults(configuration);
        faults.ForEach(fault => Console.Error.WriteLine(fault));
        return faults.Count == 0 ? JournalSettings.Read(configuration) : null;
    }

    static IConfiguration Configured(string[] args) => ProgramFolder.ReadSettings([.. args.Skip(1).Where(arg => arg is not (Force or FenceOnly or VerifyCommand.Json))]);

    static int Migrate(JournalSettings settings)
    {
        using (Database.Take(settings))
        {
            Console.WriteLine("The database has this version's tables.");
            return 0;
        }
    }
}
