namespace Governance.Projects;

/// <summary>Who answers a project's calls, and who bills them, as things stand now. The gateway, which comes after this room, knows.</summary>
abstract class CallDestination
{
    /// <summary>One or two sentences of plain text for people.</summary>
    public abstract string Describe(string project);

    /// <summary>The ids of all upstreams that a project can have, in order.</summary>
    public abstract IReadOnlyList<string> Upstreams { get; }
}
