using System.Diagnostics;
using Governance.Shell.Controls;

namespace Governance.Audit.Timeline;

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

    /// <summary>The same, with the glyph of a call that another model served, and glyph and word of what tells of people who come, go, read and take out.</summary>
    public static AuditLook Of(AuditEntry entry) => (Of(entry.Category), entry.Action) switch
    {
        (var look, "call.forced" or "call.routed") => look with { Glyph = IconName.Swap },
        (var look, "member.signed_in" or "page.read") => look with { Glyph = IconName.Person, Word = "Access" },
        (var look, "member.signed_out") => look with { Glyph = IconName.SignOut, Word = "Access" },
        (var look, "member.sign_in_failed" or "member.sign_in_locked") => look with { Glyph = IconName.Person, Word = "Sign-in" },
        (var look, "configuration.exported" or "audit.exported") => look with { Glyph = IconName.Download, Word = "Export" },
        (var look, "database.backed_up") => look with { Glyph = IconName.Copy, Word = "Backup" },
        (var look, "database.restored") => look with { Glyph = IconName.Refresh, Word = "Restore" },
        var (look, _) => look,
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
