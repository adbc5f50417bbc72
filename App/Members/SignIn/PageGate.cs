using Governance.Shell.Door;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.StaticAssets;

namespace Governance.Members.SignIn;

/// <summary>Stands before the pages: past sign-in for everything under <c>/dashboard</c>, whatever the page itself says.</summary>
static class PageGate
{
    /// <summary>Whether the session still stands, now and then. The page of a failure is for anybody, and so are the files that it is made of: neither may fail because nobody can be looked up.</summary>
    public static Task LookUpAsync(CookieValidatePrincipalContext session)
    {
        if (session.HttpContext.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
        {
            return Task.CompletedTask;
        }
        if (session.HttpContext.Features.Get<IExceptionHandlerFeature>() is null)
        {
            return SecurityStampValidator.ValidatePrincipalAsync(session);
        }
        session.RejectPrincipal();
        return Task.CompletedTask;
    }

    public static Task AskForSignInAsync(HttpContext context, RequestDelegate next) =>
        IsUnderDashboard(context) && context.User.Identity is not { IsAuthenticated: true } ? context.ChallengeAsync() : next(context);

    /// <summary>People are led to the sign-in page; scripts are told, because the page that they would be led to is no answer for them.</summary>
    public static Task AskToSignInAsync(RedirectContext<CookieAuthenticationOptions> session)
    {
        if (EntryRules.IsOfCircuits(session.Request.Path))
        {
            session.Response.StatusCode = StatusCodes.Status401Unauthorized;
            session.Response.ContentType = "text/plain; charset=utf-8";
            return session.Response.WriteAsync("The session has ended. Sign in again.");
        }
        session.Response.Redirect(session.RedirectUri);
        return Task.CompletedTask;
    }

    /// <summary>Who is signed in already is not asked to sign in: their role does not allow it.</summary>
    public static Task RefuseRoleAsync(RedirectContext<CookieAuthenticationOptions> session)
    {
        session.Response.StatusCode = StatusCodes.Status403Forbidden;
        session.Response.ContentType = "text/plain; charset=utf-8";
        return session.Response.WriteAsync("Your role does not allow this. An owner of the workspace can do it, or change your role on /dashboard/members.");
    }

    /// <summary>Tells the trail what auditors look at; what others do is told where they do it.</summary>
    public static async Task TellOfReadingAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) && IsUnderDashboard(context) && context.User.IsInRole(nameof(MemberRole.Auditor))
            && context.User.Identity?.Name is { } email && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } page } endpoint && endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        {
            await context.RequestServices.GetRequiredService<AccessTrail>().ReadAsync(email, page);
        }
        await next(context);
    }

    public static bool IsUnderDashboard(HttpContext context) => context.Request.Path.StartsWithSegments("/dashboard", StringComparison.OrdinalIgnoreCase);
}
