namespace Governance.Members;

/// <summary>What a person may do; see <c>Permissions</c>.</summary>
enum MemberRole { Owner, Admin, Billing, Developer, Auditor }

/// <summary>A person who signs in.</summary>
[Pure]
sealed record MemberDefinition
{
    public required string Email { get; init; }
    public MemberRole Role { get; init; } = MemberRole.Developer;
}
