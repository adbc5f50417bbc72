using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Members;

/// <summary>Reads the people.</summary>
sealed class MemberQueries(Reads reads)
{
    /// <summary>A member as the page of members shows them.</summary>
    public sealed record Line(string Email, MemberRole Role, DateTimeOffset CreatedAt);

    public async Task<IReadOnlyList<Line>> ListAsync()
    {
        await using var db = reads.Open();
        var members = await db.Users.Where(member => !member.Removed).ToListAsync();
        return [.. members.OrderBy(member => member.Role).ThenBy(member => member.Email, StringComparer.OrdinalIgnoreCase)
            .Select(member => new Line(member.Email!, member.Role, member.CreatedAt))];
    }

    /// <summary>The owners' addresses.</summary>
    public async Task<IReadOnlyList<string>> OwnersAsync()
    {
        await using var db = reads.Open();
        return await db.Users.Where(member => !member.Removed && member.Role == MemberRole.Owner).OrderBy(member => member.Email).Select(member => member.Email!).ToListAsync();
    }

    /// <summary>The member as the database has it now; null where there is none or it was removed.</summary>
    public async Task<Member?> FindAsync(string email)
    {
        await using var db = reads.Open();
        return await db.Users.FirstOrDefaultAsync(member => member.Email == email && !member.Removed);
    }
}
