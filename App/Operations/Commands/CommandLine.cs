using System.CommandLine;
using System.CommandLine.Help;
using Governance.Audit;
using Governance.Integrity;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Operations.References;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary>What the program is asked to do: to serve, or a command. Exit codes: 0 done or clean, 1 differs or refused, 2 could not be read or understood.</summary>
/// <param name="Settings">What is for the host.</param>
/// <param name="Code">The exit code of a command that is done already, or could not be understood; null where the rooms are needed.</param>
/// <param name="InRooms">What is to be done once they are open; null to serve.</param>
sealed record CommandLine(string[] Settings, int? Code, Func<IServiceProvider, Task<int>>? InRooms)
{
    /// <summary>The exit code of a command that was not done.</summary>
    public const int Refused = 1;

    const string SettingsHelp = """
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
          Governance:KeyRing:OldPassphraseFile, OldCertificateFile, OldCertificatePasswordEnv
                                           what encrypted them before; the next start encrypts them anew, then it can go
          Governance:Smtp:Host, Port, From mails about thresholds
          Governance:Drain:Seconds         how long calls in flight may go on after SIGTERM (600); a second signal cuts them
          Governance:Audit:Checkpoints:Folder, KeyFile, Seconds, Records
                                           where signed checkpoints of the trail are written (checkpoints/ beside the database), and how often
          Governance:Gateway:…             limits of the way through; App reference settings prints every setting
        """;

    /// <summary>True where something else is asked for than to serve.</summary>
    public bool IsCommand => InRooms is not null;

    /// <summary>Reads what is asked for, and does it where it can be done without the rooms.</summary>
    public static async Task<CommandLine> RunAsync(string[] args)
    {
        var said = HostArguments.Split(args, CommandContext.HostNamesOfEnvironment());
        var context = new CommandContext(said.Settings);
        var parse = Parse(said.Words, context);
        var faults = Faults(said, context, parse);
        if (faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                await Console.Error.WriteLineAsync(fault);
            }
            return new CommandLine(said.Settings, StartUp.Failed, null);
        }
        try
        {
            var code = await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            return new CommandLine(said.Settings, context.Serves || context.InRooms is not null ? null : code, context.InRooms);
        }
        catch (Exception exception) when (StartUp.IsFault(exception))
        {
            await Console.Error.WriteLineAsync(StartUp.Sentence(exception));
            return new CommandLine(said.Settings, StartUp.Failed, null);
        }
    }

    /// <summary>The exit code of a command that needs the rooms; null where the program is to serve.</summary>
    public async Task<int?> RunWithAsync(IServiceProvider services) => InRooms is { } run ? await run(services) : null;

    /// <summary>The words without the host's settings, read by the commands that there are.</summary>
    public static ParseResult Parse(IReadOnlyList<string> words, CommandContext context) =>
        Root(context).Parse(words.Count > 0 && words[0] == "help" ? [.. words.Skip(1), "--help"] : words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    /// <summary>What of it cannot be meant, as a sentence each.</summary>
    public static IReadOnlyList<string> Faults(HostArguments said, CommandContext context, ParseResult parse) =>
        said.Problem is { } problem ? [problem]
        : CommandFaults.Of(parse) is { Count: > 0 } faults ? faults
        // To serve it is enough to say these in the log, as those of the environment are.
        : parse.CommandResult.Command.Name is "App" or "serve" ? [] : context.Unread();

    static ExampleCommand Root(CommandContext context)
    {
        var root = new ExampleCommand("App", "Governance: AI-spend control. Without a command it serves the dashboard and the gateway.", "App --urls http://localhost:5001", "App verify") { Further = SettingsHelp };
        root.SetAction(_ => context.Serve());
        var serve = new ExampleCommand("serve", "Serve the dashboard and the gateway, as without a command.", "App serve --urls http://localhost:5001");
        serve.SetAction(_ => context.Serve());
        root.Add(serve);
        root.Add(VerifyCommand.Build(context));
        root.Add(Reconcile(context));
        root.Add(BackupCommand.Build(context));
        root.Add(RestoreCommand.Build(context));
        root.Add(AcknowledgeCommand.Build(context));
        root.Add(AuditCommand.Build(context));
        root.Add(Migrate(context));
        root.Add(ReferenceCommand.Build());
        root.Add(ResetPasswordCommand.Build(context));
        root.Add(NewKeyRingCommand.Build(context));
        root.Add(NewCheckpointKeyCommand.Build(context));
        var help = new HelpOption("--help", "-h", "-?") { Description = "Say what a command does and how it is used." };
        help.Action = new ExampleHelp((HelpAction)help.Action!);
        root.Add(help);
        root.Add(new VersionOption("--version"));
        return root;
    }

    static ExampleCommand Reconcile(CommandContext context)
    {
        var command = new ExampleCommand("reconcile", "Put every balance right from the ledger. On SQLite the process that serves must be stopped.", "App reconcile");
        command.SetAction(_ => context.RunInRooms(ReconcileAsync));
        return command;
    }

    static async Task<int> ReconcileAsync(IServiceProvider services)
    {
        // The host does not run; where several instances share the store this one must give its signs of life all the same.
        using var watch = services.GetServices<IHostedService>().OfType<InstanceWatch>().Single();
        await watch.StartAsync(CancellationToken.None);
        var report = await services.GetRequiredService<Reconciliation>().RunAsync(new Actor(ActorKind.System, "command-line"));
        Console.WriteLine(report.Sentence);
        Screen.Output.Print(["Budget", "Period", "Spent", "Held"],
        [
            .. report.Drifts.Select(drift => new ScreenRow(
                $"  {drift.BudgetId} {drift.Period}: {drift.PostedBefore} -> {drift.PostedAfter} spent, {drift.HeldBefore} -> {drift.HeldAfter} held", null,
                drift.BudgetId, drift.Period, $"{drift.PostedBefore} → {drift.PostedAfter}", $"{drift.HeldBefore} → {drift.HeldAfter}")),
        ]);
        return 0;
    }

    static ExampleCommand Migrate(CommandContext context)
    {
        var command = new ExampleCommand("migrate", "Bring the database to this version's tables and stop.", "App migrate");
        command.SetAction((_, _) => context.WithStoreAsync(settings =>
        {
            using (Database.Take(settings))
            {
                Console.WriteLine("The database has this version's tables.");
                return Task.FromResult(0);
            }
        }));
        return command;
    }
}
