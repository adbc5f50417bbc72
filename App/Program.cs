using Governance.Shell;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddShell();
var app = builder.Build();
app.UseShell();
app.UseAntiforgery();
app.MapShell();
app.Run();

/// <summary>The entry point, named so that tests can start the real host.</summary>
sealed partial class Program;
