using System.Collections.Frozen;
using Governance.Members;

namespace Governance.Projects;

/// <summary>
/// Which environment variables may be named at all, and to which host the secret in one may be sent: the host's own word, from its settings
/// (<c>Governance:EnvironmentKeys:NAME</c> = host) and from its start-up document. Nobody else adds to it, and what is not on it is refused without a look at whether it exists.
/// </summary>
sealed class EnvironmentKeys
{
    public const string Section = "Governance:EnvironmentKeys";

    /// <summary>Listed for no host: the secret of a key, or a first password, which is sent nowhere.</summary>
    const string Nowhere = "governance";

    /// <summary>This program's own settings: their values must never leave, whoever asks for it.</summary>
    static readonly string[] reserved = ["Governance__", "ConnectionStrings__", "ASPNETCORE_", "DOTNET_", "Kestrel__", "Logging__"];

    readonly Func<string, string?> read;
    volatile FrozenSet<(string Variable, string Host)> allowed;

    public EnvironmentKeys(IConfiguration configuration) : this(configuration, EnvironmentSecret.Read)
    {
    }

    /// <param name="configuration">The host's settings.</param>
    /// <param name="read">Reads a variable; tests give one of their own.</param>
    internal EnvironmentKeys(IConfiguration configuration, Func<string, string?> read) =>
        (this.read, allowed) = (read, Listed(configuration).ToFrozenSet());

    /// <summary>Adds what the start-up document names.</summary>
    /// <param name="pairs">A variable, and the address that it is for; null where its secret is sent nowhere (a key's own, a first password).</param>
    public void Trust(IEnumerable<(string Variable, string? Address)> pairs) =>
        allowed = allowed.Concat(pairs.Where(pair => !IsReserved(pair.Variable)).Select(pair => (pair.Variable, pair.Address is null ? "" : Authority(pair.Address)))).ToFrozenSet();

    /// <summary>True where the variable may be used as the secret of a key or as a first password.</summary>
    public bool Allows(string variable) => allowed.Any(pair => pair.Variable == variable);

    /// <summary>True where its secret may be sent to this address. A host that is listed without a port is allowed with any, but out in the world never in the clear.</summary>
    public bool Allows(string variable, string? address) =>
        Authority(address) is { Length: > 0 } authority && (allowed.Contains((variable, authority)) || (MayBePlain(address!) && allowed.Contains((variable, HostOf(address)))));

    /// <summary>The variable's text, which may be null; only of one that is allowed.</summary>
    public string? Read(string variable) => Allows(variable) ? read(variable) : null;

    /// <summary>Why a variable cannot be used, and what its host can do about it: the same whether it exists or not. The end of a sentence.</summary>
    /// <param name="variable">The name.</param>
    /// <param name="address">Where its secret would be sent; null for a key's own secret or a password.</param>
    public static string Refusal(string variable, string? address)
    {
        var host = address is null ? Nowhere : HostOf(address) is { Length: > 0 } named ? named : "<host>";
        return IsReserved(variable)
            ? $"the environment variable {variable} is this program's own and is never used for anything else"
            : $"the environment variable {variable} is not listed for use {(address is null ? "here" : $"with {host}")}. Who runs this program lists it as {Section}:{variable}={host} (environment {Section.Replace(":", "__", StringComparison.Ordinal)}__{variable}={host}), or names it in the start-up document";
    }

    /// <summary>Settings that list nothing that could be, in sentences.</summary>
    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        foreach (var (variable, value) in Named(configuration))
        {
            if (variable.Length > 128 || !variable.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
            {
                yield return $"{Section}:{variable}: is no name of an environment variable.";
            }
            else if (IsReserved(variable))
            {
                yield return $"{Section}:{variable}: {Refusal(variable, null)}.";
            }
            else if (Hosts(value).ToList() is not { Count: > 0 } hosts || hosts.Exists(host => host.Length == 0))
            {
                yield return $"{Section}:{variable}: write the host that its secret may be sent to, such as api.anthropic.com; several with commas; 'governance' for the secret of a key or a first password.";
            }
        }
    }

    /// <summary>A secret goes in the clear only to an address, or to a name that is none of the world's.</summary>
    static bool MayBePlain(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || !uri.Host.TrimEnd('.').Contains('.', StringComparison.Ordinal));

    static bool IsReserved(string variable) => reserved.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    static IEnumerable<(string Variable, string Host)> Listed(IConfiguration configuration) =>
        from named in Named(configuration)
        where !IsReserved(named.Variable)
        from host in Hosts(named.Value)
        where host.Length > 0
        select (named.Variable, host == Nowhere ? "" : host);

    /// <summary>Two underscores in a name are a colon to the settings.</summary>
    static IEnumerable<(string Variable, string Value)> Named(IConfiguration configuration) =>
        from pair in configuration.GetSection(Section).AsEnumerable(makePathsRelative: true)
        where pair.Key.Length > 0 && pair.Value is not null
        select (pair.Key.Replace(":", "__", StringComparison.Ordinal), pair.Value);

    /// <summary>Each as a host, with its port where that was written; empty where one cannot be read.</summary>
    static IEnumerable<string> Hosts(string value) =>
        from each in value.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let hasScheme = each.Contains("://", StringComparison.Ordinal)
        let uri = Uri.TryCreate(hasScheme ? each : $"https://{Bracketed(each)}", UriKind.Absolute, out var parsed) ? parsed : null
        select uri is null || uri.UserInfo.Length > 0 ? "" : hasScheme || HasPort(each) ? $"{HostOf(uri)}:{uri.Port}" : HostOf(uri);

    /// <summary>An address of IPv6 as it stands in a URL.</summary>
    static string Bracketed(string host) => host.Count(character => character == ':') > 1 && !host.StartsWith('[') ? $"[{host}]" : host;

    static bool HasPort(string host) => host.LastIndexOf(':') is > 0 and var colon && colon > host.LastIndexOf(']') && host.Count(character => character == ':') == (host.StartsWith('[') ? host.Split(']')[0].Count(character => character == ':') + 1 : 1);

    static string HostOf(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? HostOf(uri) : "";

    static string HostOf(Uri uri) => (uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost).TrimEnd('.').ToLowerInvariant();

    static string Authority(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? $"{HostOf(uri)}:{uri.Port}" : "";
}
