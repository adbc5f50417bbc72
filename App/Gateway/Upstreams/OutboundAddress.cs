using System.Net;

namespace Governance.Gateway.Upstreams;

/// <summary>Which addresses are out in the world, and which nothing is ever sent to, whatever an upstream says: the special-purpose registries of IANA, and where clouds keep the credentials of the machine.</summary>
[Pure]
static class OutboundAddress
{
    /// <summary>Not out in the world; an upstream that says so may stand there. What IANA calls globally reachable (192.31.196.0/24, 192.52.193.0/24, 192.175.48.0/24) is left out on purpose.</summary>
    static readonly IPNetwork[] reserved = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>All that is given out of IPv6 lies in here; everything else (loopback, local, link-local, multicast, discard, SRv6's 5f00::/16, what nobody has) is reserved.</summary>
    static readonly IPNetwork given = IPNetwork.Parse("2000::/3");

    /// <summary>Nothing can answer there, or what answers hands out the machine's own credentials: no upstream may say that it is meant.</summary>
    static readonly IPNetwork[] forbidden = Networks(
        "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8",
        // Most clouds, and the containers of AWS.
        "169.254.0.0/16",
        // Alibaba, Azure, Oracle.
        "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
        // The same over IPv6: AWS, Google, Oracle, Scaleway, OpenStack.
        "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128", "fe80::a9fe:a9fe/128");

    /// <summary>The well-known prefix under which networks without IPv4 reach it.</summary>
    static readonly IPNetwork translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>How IPv4 is written into IPv6: the network, and the byte where the address stands.</summary>
    static readonly (IPNetwork Network, int At, bool IsInverted)[] embedding =
    [
        (translated, 12, false),
        // NAT64 of one's own network, IPv4-compatible, IPv4-translated, 6to4, and both ends of Teredo.
        (IPNetwork.Parse("64:ff9b:1::/48"), 12, false), (IPNetwork.Parse("::/96"), 12, false), (IPNetwork.Parse("::ffff:0:0:0/96"), 12, false),
        (IPNetwork.Parse("2002::/16"), 2, false), (IPNetwork.Parse("2001::/32"), 4, false), (IPNetwork.Parse("2001::/32"), 12, true),
    ];

    /// <summary>True where the address is out in the world; one that carries an IPv4 address is where that one is.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return !IsForbidden(plain)
            && (IsFour(plain) ? !Array.Exists(reserved, network => network.Contains(plain))
                : translated.Contains(plain) ? IsPublic(Embedded(plain, 12, false))
                : given.Contains(plain) && !Array.Exists(reserved, network => network.Contains(plain)));
    }

    /// <summary>True where no upstream may be, not even in a private network.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        var plain = Plain(address);
        return Array.Exists(forbidden, network => network.Contains(plain))
            || (!IsFour(plain) && !plain.Equals(IPAddress.IPv6Loopback) && Array.Exists(embedding, one => one.Network.Contains(plain) && IsForbidden(Embedded(plain, one.At, one.IsInverted))));
    }

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        // A zone says through which card, not where to.
        : !IsFour(address) && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    static bool IsFour(IPAddress address) => address.GetAddressBytes().Length == 4;

    static IPAddress Embedded(IPAddress address, int at, bool isInverted)
    {
        var four = address.GetAddressBytes().AsSpan(at, 4);
        if (isInverted)
        {
            foreach (ref var part in four)
            {
                part = (byte)~part;
            }
        }
        return new IPAddress(four);
    }

    static IPNetwork[] Networks(params string[] texts) => Array.ConvertAll(texts, text => IPNetwork.Parse(text));
}
