using System.Net;

namespace Governance.Gateway.Upstreams;

/// <summary>What an upstream's address must be, and the one spelling in which it is kept.</summary>
[Pure]
static class UpstreamRoot
{
    /// <summary>What people copy from the provider's documents behind the address that is meant, longest first.</summary>
    static readonly string[] usual = ["/v1/messages/count_tokens", "/v1/messages", "/v1/models", "/v1"];

    /// <summary>Names that clouds give to their metadata; other names that lead there are refused when they are connected to.</summary>
    static readonly string[] metadata = ["metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal"];

    /// <summary>Where calls of other kinds go: nothing can stand behind these.</summary>
    static readonly string[] ends =
    [
        "/complete", "/completions", "/messages", "/messages/count_tokens", "/messages/batches", "/responses", "/embeddings", "/v1/batches", "/v1/files", "/v1/organizations",
    ];

    /// <summary>
    /// Scheme and host in lower case, no default port, and of the path only what stands before <c>/v1</c>: every path of this interface begins with that.
    /// Two spellings of one address come to the same text. Null where the address cannot be used.
    /// </summary>
    public static string? Normal(string? address) => address is not null && Parse(address, out var problem) is { } root && problem is null ? root : null;

    /// <summary>Why an address cannot be used, as the end of a sentence; it repeats nothing of what stands in it, because that may be a password. Null where it can.</summary>
    public static string? Fault(string address)
    {
        Parse(address, out var problem);
        return problem;
    }

    static string? Parse(string text, out string? problem)
    {
        var address = text.Trim();
        var isWeb = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        if (!isWeb || address.AsSpan().IndexOfAny("?#@\\ ") >= 0 || address.Any(char.IsControl))
        {
            problem = "is not an http or https address without user, query and fragment; write one such as https://api.anthropic.com";
            return null;
        }
        if (!address.All(char.IsAscii))
        {
            problem = "has a letter that is not ASCII; write such a host in its xn-- form, so that it can be mistaken for no other";
            return null;
        }
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            problem = "is not an http or https address with a host and port that there can be; write one such as https://api.anthropic.com";
            return null;
        }
        if (uri.Port == 0)
        {
            problem = "has port 0, where nothing can answer";
            return null;
        }
        if (uri.HostNameType is not UriHostNameType.Dns && IPAddress.TryParse(uri.DnsSafeHost, out var ip) && OutboundAddress.IsForbidden(ip))
        {
            problem = "leads where no call is ever sent: no single machine can answer there, or a cloud keeps the machine's own credentials there";
            return null;
        }
        if (metadata.Contains(uri.Host.TrimEnd('.'), StringComparer.OrdinalIgnoreCase))
        {
            problem = "names the place where a cloud keeps the machine's own credentials; no call is ever sent there";
            return null;
        }
        var path = uri.AbsolutePath.TrimEnd('/');
        while (Array.Find(usual, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } copied)
        {
            path = path[..^copied.Length].TrimEnd('/');
        }
        // The dot behind a host is one more spelling of it.
        var port = uri.IsDefaultPort ? "" : FormattableString.Invariant($":{uri.Port}");
        problem = Array.Exists(ends, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase))
            ? "ends where no call can go on from: /v1/messages is put behind it, so write only what stands before /v1" : null;
        return $"{uri.Scheme}://{uri.Host.TrimEnd('.')}{port}{path}";
    }
}
