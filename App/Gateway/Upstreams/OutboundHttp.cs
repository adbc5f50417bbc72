using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Governance.Gateway.Upstreams.Sandbox;
using Microsoft.Extensions.Options;

namespace Governance.Gateway.Upstreams;

/// <summary>
/// The one maker of outbound HTTP. No redirects, no cookies, no proxy from the environment, no shared connections between upstreams;
/// and the address that is really connected to is checked, so that a name that resolves to this machine or its network goes nowhere
/// unless the upstream says so, and one where a cloud keeps credentials goes nowhere at all.
/// </summary>
sealed class OutboundHttp(IOptions<GatewaySettings> settings, UpstreamShelf shelf) : IDisposable
{
    /// <summary>How long a client stays after its upstream was changed: whoever took it just before begins its call within that, and what has begun goes on without it.</summary>
    static readonly TimeSpan untilDropped = TimeSpan.FromMinutes(2);

    readonly ConcurrentDictionary<UpstreamDefinition, HttpMessageInvoker> clients = new();
    readonly CancellationTokenSource ended = new();

    /// <summary>Clients that there are: of upstreams as they are now, and of changed ones for a moment.</summary>
    public int Count => clients.Count;

    /// <summary>The client for this upstream; a changed definition gets a new one.</summary>
    public HttpMessageInvoker For(UpstreamDefinition upstream) => clients.TryGetValue(upstream, out var client) ? client : Add(upstream);

    /// <summary>Definitions that have a client and are not in force now.</summary>
    internal List<UpstreamDefinition> FindOld()
    {
        var inForce = shelf.Current.Values.Select(upstream => upstream.Definition).ToHashSet();
        return [.. clients.Keys.Where(definition => !inForce.Contains(definition))];
    }

    /// <summary>Drops clients of definitions that were not in force some time ago, and are not now.</summary>
    internal void Drop(IEnumerable<UpstreamDefinition> old)
    {
        foreach (var definition in old.Intersect(FindOld()))
        {
            if (clients.TryRemove(definition, out var client))
            {
                // Only connections that nobody uses end now; the others when their answers have.
                client.Dispose();
            }
        }
    }

    HttpMessageInvoker Add(UpstreamDefinition upstream)
    {
        var client = clients.GetOrAdd(upstream, Create);
        if (FindOld() is { Count: > 0 } old)
        {
            _ = DropLaterAsync(old);
        }
        return client;
    }

    async Task DropLaterAsync(List<UpstreamDefinition> old)
    {
        await Task.Delay(untilDropped, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCancellationRequested)
        {
            Drop(old);
        }
    }

    public void Dispose()
    {
        ended.Cancel();
        ended.Dispose();
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
        var allowed = Array.FindAll(addresses, address => allowPrivateNetwork ? !OutboundAddress.IsForbidden(address) : OutboundAddress.IsPublic(address));
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, Array.TrueForAll(addresses, OutboundAddress.IsForbidden)
                ? $"{wanted.Host} leads to an address that no call is ever sent to; give this upstream another base_url."
                : $"{wanted.Host} leads to no public address; set allow_private_network for this upstream if that is meant.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, wanted.Port, cancellation);
            // Asked here, where it is a fault of connecting: HttpClient asks too, and lets a connection that was reset meanwhile out as an exception that is none of HTTP's.
            _ = socket.RemoteEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
