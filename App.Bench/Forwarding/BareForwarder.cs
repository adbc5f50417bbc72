using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Governance.Bench.Forwarding;

/// <summary>What forwarding costs with no governance at all: Kestrel in, <see cref="SocketsHttpHandler"/> out, both bodies copied as they come.</summary>
sealed class BareForwarder(Uri upstream, HttpMessageInvoker outbound)
{
    const int CopyBytes = 16 * 1024;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var upstream = new Uri(arguments.Text("upstream", ""), UriKind.Absolute);
        Loopback.EndPoint(upstream);
        var listen = Loopback.EndPoint(new Uri(arguments.Text("urls", "http://127.0.0.1:0")));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen);
        });
        await using var app = builder.Build();
        using var outbound = new HttpMessageInvoker(Handler());
        app.MapPost("/v1/messages", new BareForwarder(upstream, outbound).ForwardAsync);
        await app.StartAsync();
        var address = app.Urls.First();
        await Child.AnnounceAndWaitAsync(address, arguments);
        return 0;
    }

    /// <summary>Set as the product sets its own: one pool, nothing followed, stored, decoded or traced.</summary>
    static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    };

    async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(upstream, context.Request.Path)) { Content = new StreamContent(context.Request.Body, CopyBytes) };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is "Host" or "Connection" or "Transfer-Encoding")
            {
                continue;
            }
            if (!request.Headers.TryAddWithoutValidation(name, (string?)values))
            {
                request.Content.Headers.TryAddWithoutValidation(name, (string?)values);
            }
        }
        using var response = await outbound.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        CopyHeaders(response, context.Response);
        await CopyBodyAsync(await response.Content.ReadAsStreamAsync(context.RequestAborted), context.Response.Body, context.RequestAborted);
    }

    static void CopyHeaders(HttpResponseMessage from, HttpResponse to)
    {
        foreach (var (name, values) in from.Headers.NonValidated)
        {
            if (name is not ("Transfer-Encoding" or "Connection"))
            {
                to.Headers[name] = values.ToString();
            }
        }
        foreach (var (name, values) in from.Content.Headers.NonValidated)
        {
            to.Headers[name] = values.ToString();
        }
    }

    static async Task CopyBodyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
