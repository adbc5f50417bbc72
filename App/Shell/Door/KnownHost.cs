namespace Governance.Shell.Door;

/// <summary>Refuses pages under names that are not ours: a foreign name that leads here would make a browser take foreign scripts for our own, and would stand in the links that we write.</summary>
static class KnownHost
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next, DoorSettings settings)
    {
        if (settings.Hosts is null || context.GetEndpoint()?.Metadata.GetMetadata<EntryRule>() is { AnyHost: true } || settings.IsOurs(context.Request.Host.Host))
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("This site is not known under that name. Whoever runs it can name it with Governance:PublicUrl or AllowedHosts.");
    }
}
