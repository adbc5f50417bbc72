using Governance.Alerts;
using Governance.Audit;
using Governance.Budgets;
using Governance.Documents;
using Governance.Gateway;
using Governance.Integrity;
using Governance.Journal;
using Governance.Ledger;
using Governance.Operations;
using Governance.Operations.Commands;
using Governance.Operations.Start;
using Governance.Operations.Telemetry;
using Governance.Overview;
using Governance.Policies;
using Governance.Projects;
using Governance.Projects.KeyRing;
using Governance.Shell;
using Governance.Shell.Door;

var asked = await CommandLine.RunAsync(args);
if (asked.Code is { } code)
{
    return code;
}
if (StartUp.Prepare(asked.Settings, asked.IsCommand) is not { } builder || JournalSettings.Read(builder.Configuration) is not { } journal)
{
    return StartUp.Failed;
}
builder.WebHost.ConfigureKestrel(GatewaySetup.Limits);
builder.Services
    .AddJournal(journal)
    .AddAudit()
    .AddShell()
    .AddTelemetry(builder.Configuration)
    .AddDoor(DoorSettings.Read(builder.Configuration, SettingsCheck.Listening(builder.Configuration)))
    .AddProjects(journal, builder.Configuration)
    .AddPolicies()
    .AddBudgets()
    .AddLedger()
    .AddGateway()
    .AddAlerts(builder.Configuration)
    .AddIntegrity()
    .AddOverview()
    .AddDocuments()
    .AddOperations();
var app = builder.Build();
// Before the database, so that a second start by mistake leaves nothing behind.
if (!asked.IsCommand && !app.CanListen())
{
    return StartUp.Failed;
}
using var database = app.OpenDatabase();
if (database is null)
{
    return asked.IsCommand ? CommandLine.Refused : StartUp.Failed;
}
if (await asked.RunWithAsync(app.Services) is { } done)
{
    return done;
}
if (!app.OpenKeyRing() || !await app.BeginAsync())
{
    return StartUp.Failed;
}
app.UseDoor();
app.UseShell();
app.UseDrain();
app.UseDoorRules();
app.UseProjects();
app.UsePageLimits();
app.UseAntiforgery();
app.MapShell();
app.MapProjects();
app.MapGateway();
app.MapDocuments();
app.MapOperations();
var background = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
if (!await app.ServeAsync())
{
    return StartUp.Failed;
}
// One that failed ended the process: whoever supervises it is told to start it again.
return background.Exists(one => one.ExecuteTask is { IsFaulted: true }) ? 1 : 0;

/// <summary>The entry point, named so that tests can start the real host.</summary>
sealed partial class Program;
