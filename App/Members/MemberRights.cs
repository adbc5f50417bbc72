using Governance.Audit;
using Governance.Journal;

namespace Governance.Members;

/// <summary>What whoever acts may do, as the database has it inside the change that does it: a right that was taken away meanwhile is gone, whichever page or interface the change comes from.</summary>
static class MemberRights
{
    /// <summary>The role of a member who acts; null where they are no member any more. Everybody else has none.</summary>
    public static MemberRole? RoleOf(Change change, Actor actor) => actor.Kind != ActorKind.Member ? null
        : change.Db.Users.Where(member => member.Email == actor.Id && !member.Removed).Select(member => (MemberRole?)member.Role).FirstOrDefault();

    /// <summary>
    /// True where the actor may bring a member from one role to another; null is nobody, as in <see cref="Permissions.MayEdit"/>. The host (its start-up
    /// document, its commands) and a management key, which only owners hand out, may do what an owner may; a calling key may nothing.
    /// </summary>
    public static bool MayEdit(Change change, Actor actor, MemberRole? before, MemberRole? after) => actor.Kind switch
    {
        ActorKind.Member => RoleOf(change, actor) is { } role && Permissions.MayEdit(role, before, after),
        ActorKind.Key => false,
        _ => true,
    };
}
