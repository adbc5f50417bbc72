using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects.KeyRing;
using Governance.Shell;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;

namespace Governance.Projects;

/// <summary>Puts workspace, projects, keys and people into the host.</summary>
static class ProjectsSetup
{
    public static IServiceCollection AddProjects(this IServiceCollection services, JournalSettings journal, IConfiguration configuration)
    {
        services.AddJournalListener<DirectoryShelf>();
        services.AddSingleton<EnvironmentKeys>(provider => new(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ProjectEdits>();
        services.AddScoped<MemberEdits>();
        services.AddScoped<SignInLinks>();
        services.AddScoped<CurrentMember>();
        services.AddSingleton<SetupToken>();
        services.AddScoped<FirstRun>();
        services.AddSingleton<DoorLimits>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<FailedAttempts>();
        services.AddScoped<PasswordHashing>();
        services.AddSingleton<AccessTrail>().AddHostedService(provider => provider.GetRequiredService<AccessTrail>());
        services.AddSingleton<MemberQueries>();
        services.AddSingleton<MemberSessions>();
        services.AddScoped<AuthenticationStateProvider, MemberRevalidation>();
        services.AddOptions<Frame>().Configure<DirectoryShelf>((frame, shelf) => frame.WorkspaceName = _ => ValueTask.FromResult<string?>(shelf.Current.Workspace.Name));
        services.AddKeyRing(journal, configuration);
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddIdentityCore<Member>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = 10;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireDigit = false;
            })
            .AddEntityFrameworkStores<GovernanceDb>()
            .AddClaimsPrincipalFactory<MemberClaims>()
            .AddSignInManager<MemberSignIn>();
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromSeconds(30));
        services.ConfigureApplicationCookie(options =>
        {
            options.LoginPath = "/sign-in";
            options.LogoutPath = "/sign-out";
            options.Cookie.Name = "governance";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.HttpOnly = true;
            options.ExpireTimeSpan = TimeSpan.FromDays(7);
            options.SlidingExpiration = true;
            options.Events.OnValidatePrincipal = PageGate.LookUpAsync;
            options.Events.OnRedirectToLogin = PageGate.AskToSignInAsync;
            options.Events.OnRedirectToAccessDenied = PageGate.RefuseRoleAsync;
        });
        // What states no rule of its own is for nobody who is not signed in.
        services.AddAuthorization(options => options.FallbackPolicy = options.DefaultPolicy);
        services.AddCascadingAuthenticationState();
        return services;
    }

    /// <summary>Who is it, and may they come in: before antiforgery and every endpoint.</summary>
    public static WebApplication UseProjects(this WebApplication app)
    {
        app.Use(next => context => FirstRunGate.LeadAsync(context, next));
        var limits = app.Services.GetRequiredService<DoorLimits>();
        app.Use(next => context => limits.LimitAsync(context, next));
        app.UseAuthentication();
        app.Use(next => context => PageGate.AskForSignInAsync(context, next));
        app.UseAuthorization();
        app.Use(next => context => PageGate.TellOfReadingAsync(context, next));
        return app;
    }

    /// <summary>The way out, and the bare address.</summary>
    public static WebApplication MapProjects(this WebApplication app)
    {
        app.MapGet("/", (DirectoryShelf shelf) => Results.Redirect(shelf.Current.HasOwner ? "/dashboard" : FirstRunGate.WelcomePath)).AllowAnonymous();
        // Taking the form makes the framework ask for its antiforgery token.
        app.MapPost("/sign-out", async (MemberSignIn door, IFormCollection _) =>
        {
            await door.LeaveAsync();
            return Results.Redirect("/sign-in");
        }).AllowAnonymous();
        return app;
    }
}
