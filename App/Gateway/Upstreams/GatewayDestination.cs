using Governance.Projects;

namespace Governance.Gateway.Upstreams;

/// <summary>The upstream that the gate would choose for a project's next call, with the key that would go with it.</summary>
sealed class GatewayDestination(Gate gate, UpstreamSecrets secrets, DirectoryShelf directory, UpstreamShelf upstreams) : CallDestination
{
    public override IReadOnlyList<string> Upstreams => [.. upstreams.Current.Keys.Order(StringComparer.Ordinal)];

    public override string Describe(string project)
    {
        var upstream = directory.Current.Projects.TryGetValue(project, out var known) ? gate.UpstreamOf(known) : null;
        string? missing = null;
        if (upstream is not null)
        {
            secrets.Find(upstream, out missing);
        }
        return UpstreamSentence.Of(upstream?.Definition, project, missing);
    }
}
