using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Governance.Shell.Door;

/// <summary>Who may use an endpoint that asks for no session: stated at the endpoint, because whatever states nothing is refused.</summary>
/// <param name="Key">The key that the endpoint itself asks for; null where it is open to all.</param>
/// <param name="AnyHost">True where it answers under every name and address: programs call it, and no browser's session opens it.</param>
sealed record EntryRule(string? Key, bool AnyHost = true);

/// <summary>States rules at endpoints.</summary>
static class EntryRules
{
    const string Circuits = "/_blazor";

    /// <summary>The endpoint asks for this key itself, before it does or says anything.</summary>
    public static T RequireOwnKey<T>(this T endpoint, string key)
        where T : IEndpointConventionBuilder => endpoint.AllowAnonymous().WithMetadata(new EntryRule(key));

    /// <summary>Open to all, under every name of this machine: probes ask by address.</summary>
    public static T OpenToProbes<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.AllowAnonymous().WithMetadata(new EntryRule(null));

    /// <summary>What the framework adds beside the pages: circuits are for whoever is signed in, because no page has one before that; the rest carries nothing.</summary>
    public static void OfFramework(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RoutePattern.RawText: { } path } || endpoint.Metadata.Any(one => one is IAuthorizeData or IAllowAnonymous))
        {
            return;
        }
        var text = path.StartsWith('/') ? path : "/" + path;
        if (IsOfCircuits(text))
        {
            endpoint.Metadata.Add(new AuthorizeAttribute());
        }
        else if (text.StartsWith("/_framework/", StringComparison.Ordinal))
        {
            endpoint.Metadata.Add(new AllowAnonymousAttribute());
        }
    }

    public static bool IsOfCircuits(PathString path) => path.StartsWithSegments(Circuits, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True where the target was spelled as the endpoint's own pattern is: no other case, no escapes, no doubled, dotted or trailing slashes. What stands for a
    /// parameter at the end may be escaped. One door, one name: whatever stands in front and decides by path must not be passed by with another spelling.
    /// </summary>
    public static bool IsSpelledExactly(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern: { RawText: { } pattern } route } || RawPath(context) is not { Length: > 0 } raw)
        {
            return true;
        }
        if (route.PathSegments is not [.., { Parts: [RoutePatternParameterPart] }])
        {
            return raw == pattern;
        }
        var before = pattern[..(pattern.LastIndexOf('/') + 1)];
        return raw.StartsWith(before, StringComparison.Ordinal) && raw.Length > before.Length && !raw.AsSpan(before.Length).Contains('/');
    }

    /// <summary>The path as it came, without scheme, host and query.</summary>
    static string RawPath(HttpContext context)
    {
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()?.RawTarget ?? "";
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        raw = query < 0 ? raw : raw[..query];
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0 || raw[0] == '/')
        {
            return raw;
        }
        var path = raw.IndexOf('/', scheme + 3);
        return path < 0 ? "" : raw[path..];
    }
}
