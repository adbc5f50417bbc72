namespace Governance.Gateway.Upstreams;

/// <summary>What an upstream's address and the name of its variable must be.</summary>
[Pure]
static class UpstreamAddress
{
    /// <summary>Keys go to this address, so it has to be https, but for one's own network.</summary>
    public static string? Problem(string address, bool privateNetwork) =>
        UpstreamRoot.Fault(address) is { } fault ? $"This {fault}."
        : !privateNetwork && !UpstreamRoot.Normal(address)!.StartsWith("https:", StringComparison.Ordinal) ? "The provider's key would travel in the clear: use https, or say that it stands in a private network."
        : null;

    public static bool IsVariable(string name) =>
        name.Length is > 0 and <= 128 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}
