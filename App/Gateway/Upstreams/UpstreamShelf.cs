using System.Collections.Frozen;
using Governance.Journal;
using Governance.Revisions;
using Microsoft.EntityFrameworkCore;

namespace Governance.Gateway.Upstreams;

/// <summary>An upstream, and the operator's key for it where it is kept here (encrypted) rather than in an environment variable.</summary>
sealed class UpstreamRow : DefinitionRow<UpstreamDefinition>
{
    /// <summary>Encrypted with the process's key ring; cleared whenever the address changes.</summary>
    public string? ProtectedSecret { get; set; }
}

/// <summary>Holds the upstreams in force.</summary>
sealed class UpstreamShelf : JournalListener
{
    volatile FrozenDictionary<string, UpstreamEntry> current = FrozenDictionary<string, UpstreamEntry>.Empty;

    public override JournalPhase Phase => JournalPhase.Definitions;

    public FrozenDictionary<string, UpstreamEntry> Current => current;

    public override void Start(Change change) => current = Load(change.Db);

    public override Action? Prepare(Change change)
    {
        var next = Load(change.Db);
        return () => current = next;
    }

    static FrozenDictionary<string, UpstreamEntry> Load(GovernanceDb db) =>
        db.Upstreams.AsNoTracking().AsEnumerable().ToFrozenDictionary(row => row.Id, row => new UpstreamEntry(row.Definition, row.ProtectedSecret));
}

/// <summary>An upstream in force.</summary>
sealed record UpstreamEntry(UpstreamDefinition Definition, string? ProtectedSecret)
{
    /// <summary>Whose price list applies; the sandbox answers at the real price of the model it plays.</summary>
    public string Vendor => Definition.Kind switch
    {
        UpstreamKind.Sandbox or UpstreamKind.Anthropic => "anthropic",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
