using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Governance.Members;

/// <summary>The address by which a visitor is counted and told of: one IPv4 address, or the /64 of an IPv6 address, which is what one household or server gets.</summary>
static class VisitorAddress
{
    const int NetworkBytes = 8;

    /// <summary>Of IPv6 the /48, which is what one customer of a provider may have 65,536 addresses of the other kind in.</summary>
    const int CustomerBytes = 6;

    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    public static string Of(IPAddress? address) => Of(address, NetworkBytes);

    /// <summary>What takes turns with others: one IPv4 address, or the /48 of an IPv6 address.</summary>
    public static string NetworkOf(HttpContext context) => Of(context.Connection.RemoteIpAddress, CustomerBytes);

    static string Of(IPAddress? address, int networkBytes)
    {
        if (address is null)
        {
            return "unknown";
        }
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
        {
            return address.ToString();
        }
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(networkBytes).Clear();
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{networkBytes * 8}");
    }
}
