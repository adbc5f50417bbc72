using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Governance.Shell.Door;

/// <summary>
/// The connections that open pages keep: only from our own origin, and only so many. A browser says which site a script belongs to, and sends our cookie
/// along whatever that is; so a connection without that word, or with another's, is refused.
/// </summary>
sealed class PageConnections(DoorSettings door, IOptions<CircuitSettings> settings, TimeProvider time)
{
    /// <summary>Addresses that are remembered at most; beyond it the oldest minute is forgotten.</summary>
    const int MaxAddresses = 10_000;

    readonly CircuitSettings limits = settings.Value;
    readonly ConcurrentDictionary<string, int> open = new();
    readonly Lock gate = new();
    readonly Dictionary<string, int> asked = [];
    int openAltogether;
    long minute;

    /// <summary>Connections that are open now.</summary>
    public int Open => Volatile.Read(ref openAltogether);

    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var isUpgrade = IsUpgrade(context);
        if (!isUpgrade && !EntryRules.IsOfCircuits(context.Request.Path))
        {
            await next(context);
            return;
        }
        if (!IsFromOurs(context.Request, isUpgrade))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This connection does not come from a page of this site. Where the site stands behind a proxy, let it pass the Host header on, or set Governance:PublicUrl.");
            return;
        }
        var origin = Visit.Origin(context);
        if ((isUpgrade || context.Request.Path.Value!.EndsWith("/negotiate", StringComparison.OrdinalIgnoreCase)) && !MayAsk(origin))
        {
            context.Response.Headers.RetryAfter = "60";
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Too many connections were asked for from this address within a minute. Try again in a minute.");
            return;
        }
        await next(context);
    }

    /// <summary>Behind the question who it is: a connection of nobody's takes no place.</summary>
    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsUpgrade(context) || !EntryRules.IsOfCircuits(context.Request.Path))
        {
            await next(context);
            return;
        }
        var origin = Visit.Origin(context);
        if (!TryOpen(origin))
        {
            context.Response.Headers.RetryAfter = "60";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many pages are open. Close some, or raise Governance:Door:MaxPages and MaxPagesPerAddress.");
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            Close(origin);
        }
    }

    static bool IsUpgrade(HttpContext context) =>
        context.Request.Headers.Upgrade.Any(value => value?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true)
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>A browser names the origin of a WebSocket and of what is posted always; of what is only read, where it is another's it says at least that.</summary>
    bool IsFromOurs(HttpRequest request, bool isUpgrade)
    {
        var said = request.Headers.Origin;
        if (said.Count == 0)
        {
            return !isUpgrade && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";
        }
        return said.Count == 1 && Uri.TryCreate(said[0], UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https"
            && (IsSame(origin, request.Host) || (door.PublicUrl is { } url && origin.Scheme == url.Scheme && origin.Port == url.Port && origin.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A host without a port has that of the origin's scheme.</summary>
    static bool IsSame(Uri origin, HostString host) =>
        origin.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && (host.Port is { } port ? origin.Port == port : origin.IsDefaultPort);

    bool MayAsk(string origin)
    {
        var now = time.GetTimestamp() / (time.TimestampFrequency * 60);
        lock (gate)
        {
            if (now != minute || asked.Count >= MaxAddresses)
            {
                asked.Clear();
                minute = now;
            }
            return (asked[origin] = asked.GetValueOrDefault(origin) + 1) <= limits.MaxNegotiationsPerMinute;
        }
    }

    bool TryOpen(string origin)
    {
        var altogether = Interlocked.Increment(ref openAltogether);
        var here = open.AddOrUpdate(origin, 1, static (_, count) => count + 1);
        if (altogether <= limits.MaxPages && here <= limits.MaxPagesPerAddress)
        {
            return true;
        }
        Close(origin);
        return false;
    }

    void Close(string origin)
    {
        Interlocked.Decrement(ref openAltogether);
        if (open.AddOrUpdate(origin, 0, static (_, count) => count - 1) == 0)
        {
            // Only while it is still nobody's.
            open.TryRemove(KeyValuePair.Create(origin, 0));
        }
    }

    static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence);
    }
}
