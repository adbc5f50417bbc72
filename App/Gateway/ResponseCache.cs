using System.Security.Cryptography;
using System.Text;
using Governance.Gateway.Upstreams.Anthropic;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>Whole answers to exact repeats (D4), in memory, for projects that ask for it. Looked at only after the rules; a repeat costs nothing.</summary>
sealed class ResponseCache(IOptions<GatewaySettings> settings) : IDisposable
{
    /// <summary>An answer as it was given.</summary>
    public sealed record Entry(ReadOnlyMemory<byte> Body, string? ContentType);

    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = Math.Max(1, settings.Value.CacheLimitBytes) });

    /// <summary>Everything that an answer depends on: who asks (by project), where, the protocol's version and betas, and every byte of the body that is sent.</summary>
    public static string KeyOf(GatedCall call, HttpRequest request, ReadOnlySpan<byte> sent)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { call.Caller.Project.Id, call.Upstream.Definition.Id, UpstreamRequest.Address(call.Upstream.Definition, "/v1/messages", request).AbsoluteUri, request.Headers["anthropic-version"].ToString(), request.Headers["anthropic-beta"].ToString() })
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{part.Length}:{part}\n"));
        }
        hash.AppendData(sent);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public Entry? Find(string key) => cache.TryGetValue(key, out Entry? entry) ? entry : null;

    public void Keep(string key, ReadOnlyMemory<byte> body, string? contentType) =>
        cache.Set(key, new Entry(body, contentType), new MemoryCacheEntryOptions { Size = body.Length + 512, AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(settings.Value.CacheSeconds) });

    public void Dispose() => cache.Dispose();
}
