namespace Governance.Gateway.Upstreams;

/// <summary>Says who answers calls and who bills them, so that nobody takes the sandbox for a provider, or a provider for the sandbox.</summary>
[Pure]
static class UpstreamSentence
{
    /// <param name="upstream">Null where there is none that could serve the project.</param>
    /// <param name="missing">Why its provider's key cannot be had; null where it can.</param>
    public static string Of(UpstreamDefinition? upstream, string project, string? missing) => upstream switch
    {
        null => $"No upstream serves the project {project}, so its calls are refused until one is chosen for it under Settings, Projects.",
        { Kind: UpstreamKind.Sandbox } => $"The built-in sandbox (upstream {upstream.Id}) answers without a provider's key. Nothing leaves this machine and nobody bills it: costs are metered at the real prices, for practice.",
        _ when missing is not null => $"Calls go to {Place(upstream)}, but {missing}: they are refused until there is a provider's key.",
        { ApiKeyEnv: { } variable } => $"Calls go to {Place(upstream)} and are billed to the provider's key in {variable}.",
        _ => $"Calls go to {Place(upstream)} and are billed to the provider's key that is kept for this upstream.",
    };

    static string Place(UpstreamDefinition upstream) => $"{upstream.BaseUrl} (upstream {upstream.Id})";
}
