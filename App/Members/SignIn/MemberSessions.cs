using System.Security.Claims;
using Governance.Journal;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Governance.Members.SignIn;

/// <summary>Says whether a session still stands: its member is there, and nothing happened since that ends sessions (removal, new role, new password).</summary>
sealed class MemberSessions(Reads reads, IOptions<IdentityOptions> options)
{
    public async Task<bool> StandsAsync(ClaimsPrincipal session)
    {
        var id = session.FindFirstValue(options.Value.ClaimsIdentity.UserIdClaimType);
        var stamp = session.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
        if (id is null || stamp is null)
        {
            return false;
        }
        await using var db = reads.Open();
        return await db.Users.AnyAsync(member => member.Id == id && !member.Removed && member.SecurityStamp == stamp);
    }
}
