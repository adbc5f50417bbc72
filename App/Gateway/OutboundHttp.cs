using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Governance.Gateway.Sandbox;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>
/// The one maker of outbound HTTP. No redirects, no cookies, no proxy from the environment, no shared connections between upstreams;
/// and the address that is really connected to is checked, so that a name that resolves to this machine or its network goes nowhere
/// unless the upstream says so.
/// </summary>
sealed class OutboundHttp(IOptions<GatewaySettings> settings) : IDisposable
{
    readonly ConcurrentDictionary<UpstreamDefinition, HttpMessageInvoker> clients = new();

    /// <summary>The client for this upstream; a changed definition gets a new one.</summary>
    public HttpMessageInvoker For(UpstreamDefinition upstream) => clients.GetOrAdd(upstream, Create);

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    HttpMessageInvoker Create(UpstreamDefinition upstream) => upstream.Kind == UpstreamKind.Sandbox
        ? new HttpMessageInvoker(new SandboxHandler())
        : new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(settings.Value.ConnectSeconds),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            EnableMultipleHttp2Connections = true,
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, upstream.AllowPrivateNetwork, cancellation),
        });

    static async ValueTask<Stream> ConnectAsync(DnsEndPoint wanted, bool allowPrivateNetwork, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(wanted.Host, cancellation);
        var allowed = allowPrivateNetwork ? addresses : Array.FindAll(addresses, OutboundAddress.IsPublic);
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError,
                $"{wanted.Host} leads to no public address; set allow_private_network for this upstream if that is meant.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, wanted.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Which addresses are out in the world.</summary>
static class OutboundAddress
{
    static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(Private, network => network.Contains(plain));
    }
}
