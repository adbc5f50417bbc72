using System.Net;

namespace Governance.Gateway.Upstreams;

/// <summary>Which upstreams are on this machine or in a private network, and to which in the world a key would go in the clear.</summary>
static class PrivateAddress
{
    /// <summary>Names that are given only inside a network.</summary>
    static readonly string[] inside = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp"];

    /// <summary>True where a key would be readable on its way through the world.</summary>
    public static bool IsInTheClear(UpstreamDefinition upstream) =>
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

    public static string? Host(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.DnsSafeHost.Length > 0 ? uri.DnsSafeHost : null;
}
