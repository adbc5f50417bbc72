using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;

namespace Governance.Shell.Door;

/// <summary>What stands before everything: <see cref="UseDoor"/> before the frame, <see cref="UseDoorRules"/> behind it and before anybody is looked up.</summary>
static class DoorSetup
{
    /// <summary>A chain of proxies is followed as long as each is known; nobody has more.</summary>
    const int MaxProxies = 5;

    public static IServiceCollection AddDoor(this IServiceCollection services, DoorSettings settings)
    {
        services.AddOptions<CircuitSettings>().BindConfiguration(CircuitSettings.Section).ValidateDataAnnotations().ValidateOnStart();
        // The framework's own filter knows no endpoints and would shut out probes; ours stands behind the routes.
        services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        services.Configure<CookiePolicyOptions>(options => options.Secure = CookieSecurePolicy.SameAsRequest);
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Also where the framework's own variable adds its middleware: without a named proxy nobody's word counts.
            options.ForwardedHeaders = settings.Proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = MaxProxies;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in settings.Proxies)
            {
                options.KnownIPNetworks.Add(proxy);
            }
        });
        return services.AddSingleton(settings).AddSingleton<PageConnections>();
    }

    /// <summary>Who really asks, and by which way; then where it leads.</summary>
    public static WebApplication UseDoor(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<DoorSettings>();
        if (settings.Proxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }
        if (settings.RequireHttps)
        {
            app.Use(next => context => HttpsOnly.GuardAsync(context, next, settings.PublicUrl));
        }
        app.UseRouting();
        return app;
    }

    /// <summary>No cookie leaves without <c>Secure</c> under TLS; foreign names, unknown addresses and foreign pages' connections end here.</summary>
    public static WebApplication UseDoorRules(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<DoorSettings>();
        var connections = app.Services.GetRequiredService<PageConnections>();
        app.UseCookiePolicy();
        app.Use(next => context => KnownHost.GuardAsync(context, next, settings));
        app.Use(next => context => connections.GuardAsync(context, next));
        app.Use(next => context => EndUnknownAsync(context, next));
        return app;
    }

    /// <summary>How many pages may be open: behind the question who asks, so that nobody's connection takes a place.</summary>
    public static WebApplication UsePageLimits(this WebApplication app)
    {
        var connections = app.Services.GetRequiredService<PageConnections>();
        app.Use(next => context => connections.CountAsync(context, next));
        return app;
    }

    /// <summary>What no route answers is not asked for a session first: there is nothing to protect, and a program would be led to a page.</summary>
    static Task EndUnknownAsync(HttpContext context, RequestDelegate next)
    {
        switch (context.GetEndpoint())
        {
            case null:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            case RouteEndpoint:
                return next(context);
            case var refusal:
                // The routes' own answer to another method or content type.
                return refusal.RequestDelegate?.Invoke(context) ?? Task.CompletedTask;
        }
    }
}
