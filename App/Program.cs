using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Ledger;
using Governance.Policies;
using Governance.Projects;
using Governance.Shell;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    // The gateway answers larger bodies itself, with a body that says so.
    kestrel.Limits.MaxRequestBodySize = 2L * 1024 * 1024 * 1024;
});
builder.Services.AddRazorComponents().AddInteractiveServerComponents();
builder.Services
    .AddAudit(builder.Configuration)
    .AddProjects(new JournalSettings(builder.Configuration.GetConnectionString("Governance") ?? "Data Source=data/governance.db"))
    .AddPolicies()
    .AddBudgets()
    .AddGateway()
    .AddLedger();
var app = builder.Build();
using var database = Database.Take(app.Services.GetRequiredService<JournalSettings>());
app.Services.GetRequiredService<Journal>().Start(app.Services.GetServices<JournalListener>());
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapGateway();
app.MapRazorComponents<Document>().AddInteractiveServerRenderMode();
app.Run();

/// <summary>The entry point, named so that tests can start the real host.</summary>
sealed partial class Program;
