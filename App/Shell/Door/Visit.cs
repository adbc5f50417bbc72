using System.Net;

namespace Governance.Shell.Door;

/// <summary>Where a request comes from.</summary>
static class Visit
{
    /// <summary>What proxies add, and what is left of it where their word was taken.</summary>
    static readonly string[] traces =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Original-For", "X-Original-Host", "X-Original-Proto",
    ];

    /// <summary>True where the request was made on this machine by somebody who said so: through no proxy that leaves a trace, and under no foreign name that leads here.</summary>
    public static bool IsFromThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !Array.Exists(traces, context.Request.Headers.ContainsKey)
        && IsLoopback(context.Request.Host.Host);

    /// <summary>What limits are kept by: an IPv4 address, or the network of 64 bits that one visitor has of IPv6.</summary>
    public static string Origin(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "";
        }
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return Convert.ToHexString(bytes.Length == 4 ? bytes : bytes[..8]);
    }

    /// <summary>True of the names that every machine has for itself.</summary>
    public static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
