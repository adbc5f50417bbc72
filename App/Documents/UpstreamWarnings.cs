using Governance.Gateway.Upstreams;
using Governance.Members;

namespace Governance.Documents;

/// <summary>Tells of upstreams on this machine or in a private network that do not say so, to which connecting is refused at every call, and of those in the world to which a key would go in the clear.</summary>
static class UpstreamWarnings
{
    public static IEnumerable<Problem> Of(IEnumerable<UpstreamDefinition> upstreams, Func<Named, string> path) =>
        upstreams.Where(PrivateAddress.IsInTheClear).Select(upstream => new Problem($"{path(Identity.Of(upstream))}.base_url",
            $"the provider's key travels in the clear to {PrivateAddress.Host(upstream.BaseUrl)}; use https"))
        .Concat(upstreams.Where(PrivateAddress.IsUnsaid).Select(upstream => new Problem($"{path(Identity.Of(upstream))}.base_url",
            $"{PrivateAddress.Host(upstream.BaseUrl)} is on this machine or in a private network; without allow_private_network: true every call to it is refused")));
}
