using Governance.Alerts;
using Governance.Audit;
using Governance.Budgets;
using Governance.Configuration;
using Governance.Gateway;
using Governance.Ledger;
using Governance.Overview;
using Governance.Policies;
using Governance.Projects;
using Governance.Shell;

if (await CommandLine.RunAsync(args) is { } code)
{
    return code;
}
var builder = WebApplication.CreateBuilder(args);
if (JournalSettings.Read(builder.Configuration) is not { } journal)
{
    return 1;
}
builder.WebHost.ConfigureKestrel(GatewaySetup.Limits);
builder.Services
    .AddAudit(journal)
    .AddShell()
    .AddProjects(journal)
    .AddPolicies()
    .AddBudgets()
    .AddLedger()
    .AddGateway()
    .AddAlerts(builder.Configuration)
    .AddOverview()
    .AddConfiguration(builder.Configuration);
var app = builder.Build();
using var database = app.OpenDatabase();
if (database is null || !await app.BeginAsync())
{
    return 1;
}
if (CommandLine.IsReconcile(args))
{
    return await CommandLine.ReconcileAsync(app.Services.GetRequiredService<Reconciliation>());
}
app.UseShell();
app.UseProjects();
app.UseAntiforgery();
app.MapShell();
app.MapProjects();
app.MapGateway();
app.MapConfiguration();
await app.RunAsync();
return 0;

/// <summary>The entry point, named so that tests can start the real host.</summary>
sealed partial class Program;
