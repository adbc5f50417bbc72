using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Ledger;

namespace Governance.Configuration;

/// <summary>What can be asked of the program besides serving. Exit codes: 0 done or clean, 1 differs or refused, 2 could not be read.</summary>
static class CommandLine
{
    const string Help = """
        Governance: AI-spend control.

        App                    serve the dashboard and the gateway
        App verify             recompute every balance and the audit chains, print what differs (0 clean, 1 differs, 2 could not read)
        App reconcile          put every balance right from the ledger; the process that serves must be stopped
        App audit export <file>, verify <export>, public-key
                               take the trail out, and prove an export without a database (App audit --help)
        App migrate            bring the database to this version's tables and stop
        App --help             this text

        Settings come from appsettings.json, the environment (Governance__…) or the command line (--Governance:…=value):
          Urls                             where it listens (http://localhost:5000)
          ConnectionStrings:Governance     a SQLite file (Data Source=data/governance.db) or PostgreSQL (Host=…;Database=…, postgres://…)
          Governance:Bootstrap             a configuration document to apply at start
          Governance:ManagementKey         a key for /api/policy/plan, apply and export
          Governance:PublicUrl             where people reach the dashboard; stands in mails
          Governance:Smtp:Host, Port, From mails about thresholds
          Governance:Audit:Checkpoints:Folder, KeyFile, Seconds, Records
                                           where signed checkpoints of the trail are written (checkpoints/ beside the database), and how often
          Governance:Gateway:…             limits of the way through (README, "Running it")
        """;

    /// <summary>The exit code of a command, or null where the program is to serve.</summary>
    public static async Task<int?> RunAsync(string[] args)
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
                return Settings(args) is { } verified ? await VerifyAsync(verified, new CheckpointSettings(Configured(args), verified.Folder)) : 2;
            case "audit":
                return await AuditCommand.RunAsync(args[1..], Configured([.. args.Where((arg, i) => i == 0 || (arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('=')))]));
            case "migrate":
                return Settings(args) is { } migrated ? Migrate(migrated) : 2;
            case "reconcile":
                return null;
            default:
                await Console.Error.WriteLineAsync($"'{command}' is no command.{Environment.NewLine}{Environment.NewLine}{Help}");
                return 2;
        }
    }

    /// <summary>True where the program is to reconcile and stop.</summary>
    public static bool IsReconcile(string[] args) => CommandOf(args) == "reconcile";

    public static async Task<int> ReconcileAsync(Reconciliation reconciliation)
    {
        var report = await reconciliation.RunAsync(new Actor(ActorKind.System, "command-line"));
        Console.WriteLine(report.Sentence);
        foreach (var drift in report.Drifts)
        {
            Console.WriteLine($"  {drift.BudgetId} {drift.Period}: {drift.PostedBefore} -> {drift.PostedAfter} spent, {drift.HeldBefore} -> {drift.HeldAfter} held");
        }
        return 0;
    }

    /// <summary>A command stands first; everything behind it, and everything that begins with a dash or has an equals sign, is a setting.</summary>
    static string? CommandOf(string[] args) => args is [var first, ..] && !first.StartsWith('-') && !first.Contains('=') ? first : null;

    static JournalSettings? Settings(string[] args) => JournalSettings.Read(Configured(args));

    static IConfiguration Configured(string[] args) => new ConfigurationBuilder()
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(args[1..])
        .Build();

    static int Migrate(JournalSettings settings)
    {
        using (Database.Take(settings))
        {
            Console.WriteLine("The database has this version's tables.");
            return 0;
        }
    }

    static async Task<int> VerifyAsync(JournalSettings settings, CheckpointSettings checkpoints)
    {
        if (!settings.IsShared && !File.Exists(settings.File))
        {
            await Console.Error.WriteLineAsync($"There is no database at {settings.File}.");
            return 2;
        }
        VerificationReport report;
        try
        {
            var progress = new Progress<string>(text => Console.Error.WriteLine(text));
            report = await Verification.VerifyAsync(settings.ReadConnectionString, progress, checkpoints);
        }
        catch (System.Data.Common.DbException exception)
        {
            await Console.Error.WriteLineAsync($"{settings.Place} could not be read: {exception.Message}");
            return 2;
        }
        foreach (var finding in report.Findings)
        {
            Console.WriteLine($"{finding.Severity.ToString().ToUpperInvariant()} {finding.Invariant} {finding.Subject}: {finding.Message}");
        }
        Console.WriteLine(report.IsClean ? $"Clean. {Counted(report)}" : $"Differs: {report.Findings.Count} findings. {Counted(report)}");
        return report.IsClean ? 0 : 1;
    }

    static string Counted(VerificationReport report) =>
        $"{report.Rows.Events} events, {report.Rows.Entries} entries, {report.Rows.Balances} balances, {report.Rows.Holds} holds checked in {report.Duration.TotalSeconds:0.0} s.";
}
