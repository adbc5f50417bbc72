namespace Governance.Gateway.Upstreams;

/// <summary>What an upstream speaks. Sandbox is the built-in provider (D7).</summary>
enum UpstreamKind { Sandbox, Anthropic }

/// <summary>Where calls are forwarded.</summary>
[Pure]
sealed record UpstreamDefinition
{
    public required string Id { get; init; }
    public required UpstreamKind Kind { get; init; }
    /// <summary>
    /// Scheme, host and optional path prefix; unused by the sandbox. Changing it clears a stored secret, so it is kept in one spelling wherever it comes from
    /// (<see cref="UpstreamRoot.Normal"/>), also where an older version stored another one. What cannot be used stays as it is, for whoever reads it to be told.
    /// </summary>
    public string? BaseUrl { get; init => field = UpstreamRoot.Normal(value) ?? value; }
    /// <summary>Environment variable that holds the operator's provider key.</summary>
    public string? ApiKeyEnv { get; init; }
    /// <summary>Needed for an upstream on loopback or in a private range; else connecting there is refused.</summary>
    public bool AllowPrivateNetwork { get; init; }
}
