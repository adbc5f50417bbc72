using System.Diagnostics;
using Governance.Shell;

namespace Governance.Audit;

/// <summary>How a category looks in the timeline: a glyph, a word and the tone that the stylesheet colours by.</summary>
[Pure]
readonly record struct AuditLook(IconName Glyph, string Word, string Tone)
{
    public static AuditLook Of(AuditCategory category) => category switch
    {
        AuditCategory.Change => new(IconName.Edit, "Change", "change"),
        AuditCategory.Blocked => new(IconName.Stop, "Blocked", "denied"),
        AuditCategory.Intervened => new(IconName.Warning, "Intervened", "warned"),
        AuditCategory.System => new(IconName.CheckCircle, "System", "system"),
        _ => throw new UnreachableException($"No look of {category}."),
    };

    /// <summary>The same, with the glyph of a call that another model served.</summary>
    public static AuditLook Of(AuditEntry entry) => Of(entry.Category) with
    {
        Glyph = entry.Action is "call.forced" or "call.routed" ? IconName.Swap : Of(entry.Category).Glyph,
    };

    /// <summary>What kind of actor it was, for people.</summary>
    public static string Of(ActorKind kind) => kind switch
    {
        ActorKind.Member => "Member",
        ActorKind.Key => "Key",
        ActorKind.System => "System",
        ActorKind.Bootstrap => "Start",
        ActorKind.ManagementKey => "Management key",
        _ => throw new UnreachableException($"No name of {kind}."),
    };
}
