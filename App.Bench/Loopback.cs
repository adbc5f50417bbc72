using System.Net;
using System.Net.Sockets;

namespace Governance.Bench;

/// <summary>The only network this bench will touch.</summary>
static class Loopback
{
    public static IPEndPoint EndPoint(Uri address) =>
        IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip) && ip.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(ip, address.Port)
            : throw new BenchException($"'{address}' is not 127.0.0.1: load is only ever put on this machine.");

    /// <summary>A port that was free a moment ago, for a process that cannot say which one it got.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
