using System.Net;
using Governance.Gateway;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>Tells of upstreams on this machine or in a private network that do not say so, to which connecting is refused at every call, and of those in the world to which a key would go in the clear.</summary>
static class PrivateAddress
{
    /// <summary>Names that are given only inside a network.</summary>
    static readonly string[] inside = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp"];

    public static IEnumerable<Problem> Warnings(IEnumerable<UpstreamDefinition> upstreams, Func<Named, string> path) =>
        upstreams.Where(IsInTheClear).Select(upstream => new Problem($"{path(Identity.Of(upstream))}.base_url",
            $"the provider's key travels in the clear to {Host(upstream.BaseUrl)}; use https"))
        .Concat(upstreams.Where(IsUnsaid).Select(upstream => new Problem($"{path(Identity.Of(upstream))}.base_url",
            $"{Host(upstream.BaseUrl)} is on this machine or in a private network; without allow_private_network: true every call to it is refused")));

    /// <summary>True where a key would be readable on its way through the world.</summary>
    static bool IsInTheClear(UpstreamDefinition upstream) =>
        upstream.Kind != UpstreamKind.Sandbox && !upstream.AllowPrivateNetwork && !IsPrivate(upstream.BaseUrl) && upstream.BaseUrl?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>True where the address is certainly or most likely private, and the upstream does not allow that.</summary>
    public static bool IsUnsaid(UpstreamDefinition upstream) => upstream.Kind != UpstreamKind.Sandbox && !upstream.AllowPrivateNetwork && IsPrivate(upstream.BaseUrl);

    public static bool IsPrivate(string? address)
    {
        if (Host(address) is not { } host)
        {
            return false;
        }
        if (IPAddress.TryParse(host, out var ip))
        {
            return !OutboundAddress.IsPublic(ip);
        }
        var name = host.TrimEnd('.').ToLowerInvariant();
        return !name.Contains('.', StringComparison.Ordinal) || Array.Exists(inside, ending => name.EndsWith(ending, StringComparison.Ordinal));
    }

    static string? Host(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.DnsSafeHost.Length > 0 ? uri.DnsSafeHost : null;
}
