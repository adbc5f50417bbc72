using System.Collections.Concurrent;
using Governance.Gateway.Surfaces;

namespace Governance.Gateway.Upstreams.Anthropic;

/// <summary>The request that goes upstream: a constant path, an allow-list of headers, the operator's key, the client's bytes.</summary>
static class UpstreamRequest
{
    /// <summary>Everything else stays here: it is the client's own, or describes the connection to us.</summary>
    static readonly string[] Forwarded = ["anthropic-version", "anthropic-beta", "accept", "user-agent"];

    /// <summary>Few: an upstream's address and the paths of this interface.</summary>
    static readonly ConcurrentDictionary<(string Root, string Path, bool Beta), Uri> Addresses = new();

    /// <summary>The upstream's whole address for <paramref name="path"/>, which begins with <c>/v1</c>; of the client's query only <c>beta=true</c> is kept.</summary>
    public static Uri Address(UpstreamDefinition upstream, string path, HttpRequest client) =>
        Addresses.GetOrAdd((upstream.Kind == UpstreamKind.Sandbox ? "http://sandbox.invalid" : upstream.BaseUrl!, path, client.Query["beta"] is ["true"]), static known =>
            new Uri(known.Root.TrimEnd('/') + known.Path + (known.Beta ? "?beta=true" : ""), UriKind.Absolute));

    /// <param name="owner">The client's body, of which <paramref name="body"/> may be a part.</param>
    public static HttpRequestMessage Create(HttpMethod method, Uri address, HttpRequest client, string secret, ReadOnlyMemory<byte> body, RequestBody owner)
    {
        var request = new HttpRequestMessage(method, address) { Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };
        foreach (var name in Forwarded)
        {
            // What is not ASCII cannot be sent as a header, and would end the call on the way out.
            if (client.Headers.TryGetValue(name, out var values) && System.Text.Ascii.IsValid(values.ToString()))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
        // An encoding that cannot be read here would hide the usage.
        request.Headers.TryAddWithoutValidation("accept-encoding", "identity");
        if (secret.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("x-api-key", secret);
        }
        request.Content = new SentBody(body, owner);
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
        return request;
    }
}
