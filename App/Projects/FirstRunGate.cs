using Governance.Members.SignIn;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Governance.Projects;

/// <summary>Stands before the pages while there is no owner: all of them lead to the first-run page.</summary>
static class FirstRunGate
{
    public const string WelcomePath = "/welcome";

    /// <summary>Leads every page to the first run while there is no owner; programs' addresses answer as ever.</summary>
    public static Task LeadAsync(HttpContext context, RequestDelegate next)
    {
        var page = context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;
        if (page is null || page == typeof(WelcomePage) || page.Namespace == typeof(Shell.Frame).Namespace && !PageGate.IsUnderDashboard(context)
            || context.RequestServices.GetRequiredService<DirectoryShelf>().Current.HasOwner)
        {
            return next(context);
        }
        context.Response.Redirect(WelcomePath);
        return Task.CompletedTask;
    }
}
