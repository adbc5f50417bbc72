using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Governance.Bench.SignIn;

/// <summary>Somebody at a browser of their own, with its cookies, at a loopback address of their own: fills in the product's forms, and follows no redirect.</summary>
sealed partial class Visitor : IDisposable
{
    readonly HttpClient client;

    /// <param name="product">Where the product listens.</param>
    /// <param name="from">The address that the product is to see.</param>
    /// <param name="connections">The most connections at once.</param>
    public Visitor(Uri product, IPAddress from, int connections)
    {
        var target = Loopback.EndPoint(product);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = connections,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellation) => await ConnectAsync(from, target, cancellation),
        };
        client = new HttpClient(handler) { BaseAddress = product, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
    }

    public Task<Answer> GetAsync(string path, CancellationToken cancellation) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);

    /// <summary>Opens a page; its form is sent with what the answer holds.</summary>
    /// <returns>The token without which no form is taken; the cookie that belongs to it is kept.</returns>
    public async Task<string> OpenFormAsync(string path, CancellationToken cancellation)
    {
        var page = await GetAsync(path, cancellation);
        return Token().Match(page.Body) is { Success: true } found
            ? WebUtility.HtmlDecode(found.Groups[1].Value)
            : throw new BenchException($"GET {path} was answered {page.Status} and without a form: {page.Start}");
    }

    public async Task<Answer> SendFormAsync(string path, string handler, string token, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent([.. fields, new("_handler", handler), new("__RequestVerificationToken", token)]);
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = form }, cancellation);
    }

    public void Dispose() => client.Dispose();

    static async ValueTask<Stream> ConnectAsync(IPAddress from, IPEndPoint target, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(target, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            using var answer = await client.SendAsync(request, cancellation);
            return new Answer((int)answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(cancellation));
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    /// <summary>What a page or a form was answered.</summary>
    /// <param name="Location">Where a redirect leads to.</param>
    public sealed record Answer(int Status, string? Location, string Body)
    {
        /// <summary>Enough to see what it is.</summary>
        public string Start => Body[..Math.Min(Body.Length, 900)];
    }
}
