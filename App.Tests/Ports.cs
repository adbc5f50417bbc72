using System.Net;
using System.Net.Sockets;

namespace Governance.Tests;

/// <summary>Loopback ports for servers that are told theirs before they start.</summary>
static class Ports
{
    const int First = 20_000;
    const int Count = 10_000;
    static int next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on, and that nobody else of this process gets soon: it lies outside the range from which systems serve whoever asks for any, so that between this answer and the server's start it is taken by none of those.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
        throw new InvalidOperationException($"All ports from {First} to {First + Count - 1} are taken.");
    }
}
