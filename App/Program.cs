using Governance.Shell;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRazorComponents().AddInteractiveServerComponents();
var app = builder.Build();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<Document>().AddInteractiveServerRenderMode();
app.Run();

/// <summary>The entry point, named so that tests can start the real host.</summary>
sealed partial class Program;
