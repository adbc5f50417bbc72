using Governance.Audit;
using Microsoft.AspNetCore.Identity;

namespace Governance.Projects;

/// <summary>Edits of the people: who may sign in, and as what.</summary>
sealed class MemberEdits(Journal journal, IPasswordHasher<Member> hasher, ILookupNormalizer normalizer)
{
    /// <summary>What an edit of a member came to.</summary>
    public enum Outcome { Done, Unchanged, Taken, NotFound, LastOwner, AlreadySetUp }

    /// <summary>The first owner; only while there is none, whoever asks at the same time.</summary>
    public Task<Outcome> CreateOwnerAsync(string email, string password, Action<Change> further) => journal.ChangeAsync(change =>
    {
        if (change.Db.Users.Any(member => !member.Removed && member.Role == MemberRole.Owner))
        {
            return Outcome.AlreadySetUp;
        }
        var outcome = SaveInChange(change, new MemberDefinition { Email = email, Role = MemberRole.Owner }, password, new Actor(ActorKind.Member, email));
        if (outcome == Outcome.Done)
        {
            further(change);
        }
        return outcome;
    });

    public Task<Outcome> CreateAsync(MemberDefinition wanted, string password, Actor actor) => journal.ChangeAsync(change =>
        Find(change, wanted.Email) is { Removed: false } ? Outcome.Taken : SaveInChange(change, wanted, password, actor));

    public Task<Outcome> ChangeRoleAsync(string email, MemberRole role, Actor actor) => journal.ChangeAsync(change =>
        Find(change, email) is { Removed: false } ? SaveInChange(change, new MemberDefinition { Email = email, Role = role }, null, actor) : Outcome.NotFound);

    /// <summary>Takes away the right to sign in; every open session ends at its next check.</summary>
    public Task<Outcome> RemoveAsync(string email, Actor actor) => journal.ChangeAsync(change => RemoveInChange(change, email, actor));

    public Outcome RemoveInChange(Change change, string email, Actor actor)
    {
        if (Find(change, email) is not { Removed: false } member)
        {
            return Outcome.NotFound;
        }
        if (IsLastOwner(change, member))
        {
            return Outcome.LastOwner;
        }
        member.Removed = true;
        EndSessions(member);
        change.Db.UserTokens.RemoveRange(change.Db.UserTokens.Where(link => link.UserId == member.Id));
        change.Append(Told(actor, "member.removed", email, $"{email} can no longer sign in.") with { Before = AuditJson.Element(new { role = member.Role }) });
        change.Db.SaveChanges();
        return Outcome.Done;
    }

    public Task<Outcome> ChangePasswordAsync(string email, string password, Actor actor) => journal.ChangeAsync(change =>
        Find(change, email) is { Removed: false } member ? SetPassword(change, member, password, actor, "member.password_changed", $"The password of {email} was changed.") : Outcome.NotFound);

    /// <summary>Sets the password of a member who has none; one that is there stays.</summary>
    public Outcome SetFirstPasswordInChange(Change change, string email, string password, Actor actor, string how) =>
        Find(change, email) is not { Removed: false } member ? Outcome.NotFound
        : member.PasswordHash is not null ? Outcome.Unchanged
        : SetPassword(change, member, password, actor, "member.password_set", $"{email} has a first password, {how}.");

    /// <summary>Whether this is the member's password; null where there is no such member or no password.</summary>
    public bool? IsPassword(Member? member, string password) =>
        member?.PasswordHash is { } hash ? hasher.VerifyHashedPassword(member, hash, password) != PasswordVerificationResult.Failed : null;

    /// <summary>Creates the member or changes the role. A password is set only where one is given.</summary>
    public Outcome SaveInChange(Change change, MemberDefinition wanted, string? password, Actor actor)
    {
        var member = Find(change, wanted.Email);
        if (member is null or { Removed: true })
        {
            return Create(change, member, wanted, password, actor);
        }
        if (member.Role == wanted.Role)
        {
            return Outcome.Unchanged;
        }
        if (wanted.Role != MemberRole.Owner && IsLastOwner(change, member))
        {
            return Outcome.LastOwner;
        }
        var before = member.Role;
        member.Role = wanted.Role;
        EndSessions(member);
        change.Append(Told(actor, "member.role_changed", wanted.Email, $"{wanted.Email} is now {wanted.Role} (was {before}).") with
        {
            Before = AuditJson.Element(new { role = before }),
            After = AuditJson.Element(new { role = wanted.Role }),
        });
        // Who else is an owner is asked of the database.
        change.Db.SaveChanges();
        return Outcome.Done;
    }

    Outcome SetPassword(Change change, Member member, string password, Actor actor, string action, string sentence)
    {
        member.PasswordHash = hasher.HashPassword(member, password);
        EndSessions(member);
        member.AccessFailedCount = 0;
        member.LockoutEnd = null;
        change.Append(Told(actor, action, member.Email!, sentence));
        change.Db.SaveChanges();
        return Outcome.Done;
    }

    Outcome Create(Change change, Member? returning, MemberDefinition wanted, string? password, Actor actor)
    {
        var member = returning ?? new Member { UserName = wanted.Email, Email = wanted.Email, CreatedAt = change.Now, LockoutEnabled = true };
        member.NormalizedUserName = normalizer.NormalizeName(wanted.Email);
        member.NormalizedEmail = normalizer.NormalizeEmail(wanted.Email);
        member.EmailConfirmed = true;
        member.Removed = false;
        member.Role = wanted.Role;
        EndSessions(member);
        member.PasswordHash = password is null ? null : hasher.HashPassword(member, password);
        if (returning is null)
        {
            change.Db.Users.Add(member);
        }
        change.Append(Told(actor, "member.added", wanted.Email, $"{wanted.Email} was added as {wanted.Role}.") with { After = AuditJson.Element(new { role = wanted.Role }) });
        change.Db.SaveChanges();
        return Outcome.Done;
    }

    /// <summary>A sign-in that read the member before this, and writes the whole row after it, fails on the second stamp instead of undoing the edit.</summary>
    static void EndSessions(Member member)
    {
        member.SecurityStamp = Guid.NewGuid().ToString("N");
        member.ConcurrencyStamp = Guid.NewGuid().ToString();
    }

    internal Member? Find(Change change, string email)
    {
        var normalized = normalizer.NormalizeEmail(email);
        return change.Db.Users.FirstOrDefault(member => member.NormalizedEmail == normalized);
    }

    static bool IsLastOwner(Change change, Member member) =>
        member.Role == MemberRole.Owner && change.Db.Users.Count(other => !other.Removed && other.Role == MemberRole.Owner) == 1;

    internal static AuditEvent Told(Actor actor, string action, string email, string sentence) => ProjectEdits.System(actor, action, "member", email, sentence);
}
