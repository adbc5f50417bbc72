using System.Globalization;
using System.IO.Compression;
using Governance.Shell.Door;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Governance.Shell;

/// <summary>The frame's part of the start: <see cref="AddShell"/>, then <see cref="UseShell"/> before everything else, then <see cref="MapShell"/>.</summary>
static class ShellSetup
{
    /// <summary>Of one message of a circuit: a document of a million letters of up to four bytes.</summary>
    const long MaxMessageBytes = (4 * 1024 * 1024) + (256 * 1024);

    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        // Without a culture the currency sign of a page would be the generic one.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.GetCultureInfo("en-US");

        services.TryAddSingleton(TimeProvider.System);
        // A document of 1 MiB, as the interface takes it, whatever its letters: signed-in members alone have circuits.
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxMessageBytes);
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddAntiforgery(options => options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.AddExceptionHandler<BareFailures>();
        services.AddOptions<Frame>();
        // Pages may be compressed under TLS: the antiforgery token, the only secret in them, is masked anew in every answer.
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"];
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        // In development a form without its token would be an exception, and so a failure of ours.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services;
    }

    /// <summary>The first middleware behind the door: headers, then compression of what is read, then pages for failures.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.Use(next => context => SecurityHeaders.AddAsync(context, next));
        app.UseWhen(context => HttpMethods.IsGet(context.Request.Method), branch => branch.UseResponseCompression());
        // In development too: the log has the exception, and what a person sees is the same everywhere.
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(next => context => BareFailures.GuardAsync(context, next));
        return app;
    }

    /// <summary>Static files, every page, and the theme form.</summary>
    public static WebApplication MapShell(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<Document>().AddInteractiveServerRenderMode().Add(EntryRules.OfFramework);
        app.MapPost("/theme", ThemeCookie.Choose).AllowAnonymous();
        return app;
    }
}
