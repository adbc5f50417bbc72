using System.Security.Claims;
using Governance.Audit;
using Governance.Journal;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;

namespace Governance.Members;

/// <summary>Who is at the page. The role is read from the database at every action, so that a right that was taken away is gone at once, in open circuits too.</summary>
sealed class CurrentMember(AuthenticationStateProvider state, Reads reads)
{
    /// <summary>A member as they are now.</summary>
    public sealed record Session(string Email, MemberRole Role)
    {
        public Actor Actor => new(ActorKind.Member, Email);

        public bool May(Permission permission) => Permissions.May(Role, permission);
    }

    /// <summary>Null where nobody is signed in or the member was removed.</summary>
    public async Task<Session?> FindAsync()
    {
        var user = (await state.GetAuthenticationStateAsync()).User;
        if (user.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id)
        {
            return null;
        }
        await using var db = reads.Open();
        var member = await db.Users.FirstOrDefaultAsync(member => member.Id == id && !member.Removed);
        return member is null ? null : new Session(member.Email!, member.Role);
    }

    /// <summary>The actor to write down, or null where the member may not do it: call before every action.</summary>
    public async Task<Actor?> AuthorizeAsync(Permission permission) => await FindAsync() is { } session && session.May(permission) ? session.Actor : null;
}
