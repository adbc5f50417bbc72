using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;

namespace Governance.Shell.Door;

/// <summary>How many pages may be open and asked for at once (<c>Governance:Door</c>). Validated at start.</summary>
sealed class CircuitSettings
{
    public const string Section = "Governance:Door";

    /// <summary>Open pages of one address; behind a proxy that <c>Governance:Proxies</c> does not name all have one.</summary>
    [Range(1, 1_000_000)]
    public int MaxPagesPerAddress { get; set; } = 200;

    /// <summary>Open pages altogether.</summary>
    [Range(1, 1_000_000)]
    public int MaxPages { get; set; } = 2000;

    /// <summary>How often one address may ask for a page's connection within a minute, signed in or not.</summary>
    [Range(1, 1_000_000)]
    public int MaxNegotiationsPerMinute { get; set; } = 300;
}

/// <summary>Under which names and through which proxies the product is reached, read once at the start.</summary>
sealed record DoorSettings
{
    public const string HostsSetting = "AllowedHosts";
    public const string ProxiesSetting = "Governance:Proxies";
    public const string RequireHttpsSetting = "Governance:RequireHttps";
    public const string PublicUrlSetting = "Governance:PublicUrl";

    /// <summary>The addresses and networks of the proxies whose word about a visitor is taken; none by default.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>The names under which pages answer: hosts, or <c>*.host</c> for what stands below it. Null where every name is taken.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>True where every name is taken only because nothing says which is ours.</summary>
    public bool HostsUnsaid { get; init; }

    public bool RequireHttps { get; init; }

    /// <summary>Where people reach the dashboard; null where it was not said.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Every fault of these settings, as a sentence each.</summary>
    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        foreach (var text in List(configuration, ProxiesSetting))
        {
            if (Proxy(text) is null)
            {
                yield return $"{ProxiesSetting}: '{Shown(text)}' is not the address or network of a proxy; write addresses such as 10.0.0.7 or networks such as 10.0.0.0/24, but none that stands for every address.";
            }
        }
        foreach (var text in Named(configuration))
        {
            if (text != "*" && !IsHost(text))
            {
                yield return $"{HostsSetting}: '{Shown(text)}' is not a host; write names without scheme and port, separated by ';', such as governance.example.com or *.example.com.";
            }
        }
        if (configuration[RequireHttpsSetting] is { } flag && !bool.TryParse(flag, out _))
        {
            yield return $"{RequireHttpsSetting}: '{Shown(flag)}' is neither true nor false.";
        }
    }

    /// <param name="listening">Where it listens, as addresses.</param>
    public static DoorSettings Read(IConfiguration configuration, IReadOnlyList<string> listening)
    {
        var url = Uri.TryCreate(configuration[PublicUrlSetting], UriKind.Absolute, out var said) && said.Scheme is "http" or "https" ? said : null;
        var named = Named(configuration).ToList();
        var bound = listening.Select(HostOf).ToList();
        var unsaid = named.Count == 0 && url is null && bound.Contains(null);
        return new DoorSettings
        {
            Proxies = [.. List(configuration, ProxiesSetting).Select(Proxy).OfType<IPNetwork>()],
            Hosts = unsaid || named.Contains("*") ? null
                : named.Count > 0 ? named
                : [.. ((string?[])["localhost", "*.localhost", "127.0.0.1", "[::1]", url?.Host, .. bound]).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)],
            HostsUnsaid = unsaid,
            RequireHttps = bool.TryParse(configuration[RequireHttpsSetting], out var required) && required,
            PublicUrl = url,
        };
    }

    /// <summary>Whether pages answer under this name.</summary>
    public bool IsOurs(string host) => Hosts is null || Hosts.Any(known => known.StartsWith("*.", StringComparison.Ordinal)
        ? host.Length > known.Length - 1 && host.EndsWith(known[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>A setting that may be a list or one text with commas.</summary>
    static IEnumerable<string> List(IConfiguration configuration, string key) =>
        ((string?[])[configuration[key], .. configuration.GetSection(key).GetChildren().Select(child => child.Value)])
            .SelectMany(text => (text ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    static IEnumerable<string> Named(IConfiguration configuration) => List(configuration, HostsSetting);

    /// <summary>Null where it is none, or where it would stand for everybody.</summary>
    static IPNetwork? Proxy(string text)
    {
        if (IPAddress.TryParse(text, out var one))
        {
            // A number alone would be read as an address.
            return one.Equals(IPAddress.Any) || one.Equals(IPAddress.IPv6Any) || !text.AsSpan().ContainsAny('.', ':') ? null : new IPNetwork(one, one.GetAddressBytes().Length * 8);
        }
        return IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0 ? network : null;
    }

    static bool IsHost(string text)
    {
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return Uri.CheckHostName(name.Trim('[', ']')) is not (UriHostNameType.Unknown or UriHostNameType.Basic);
    }

    /// <summary>The host of an address to listen on; null where that stands for every name.</summary>
    static string? HostOf(string url)
    {
        var host = BindingAddress.Parse(url).Host;
        return host is "*" or "+" || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))) ? null : host;
    }

    static string Shown(string text) => text.Length <= 60 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..60]}… ({text.Length} characters)");
}
