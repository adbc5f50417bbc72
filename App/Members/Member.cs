using Microsoft.AspNetCore.Identity;

namespace Governance.Members;

/// <summary>A person who signs in. ASP.NET Identity writes the sign-in columns; the role is changed only through the journal.</summary>
sealed class Member : IdentityUser
{
    public MemberRole Role { get; set; } = MemberRole.Developer;
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastSignInAt { get; set; }
    /// <summary>Set when the member may no longer sign in; the row stays for the trail.</summary>
    public bool Removed { get; set; }
}
