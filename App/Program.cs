using Governance.Audit;
using Governance.Budgets;
using Governance.Configuration;
using Governance.Gateway;
using Governance.Ledger;
using Governance.Overview;
using Governance.Policies;
using Governance.Projects;
using Governance.Shell;

var builder = WebApplication.CreateBuilder(args);
var journal = new JournalSettings(builder.Configuration);
builder.WebHost.ConfigureKestrel(GatewaySetup.Limits);
builder.Services
    .AddAudit(journal)
    .AddShell()
    .AddProjects(journal)
    .AddPolicies()
    .AddBudgets()
    .AddGateway()
    .AddLedger()
    .AddOverview()
    .AddConfiguration();
var app = builder.Build();
using var database = Database.Take(journal);
app.Services.GetRequiredService<Journal>().Start(app.Services.GetServices<JournalListener>());
if (!await app.BeginAsync())
{
    return 1;
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
