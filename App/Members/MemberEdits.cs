using Governance.Audit;
using Governance.Journal;
using Governance.Members.SignIn;
using Microsoft.AspNetCore.Identity;

namespace Governance.Members;

/// <summary>Edits of the people: who may sign in, and as what. Whether the actor may do it is decided inside the change.</summary>
sealed class MemberEdits(JournalWriter journal, IPasswordHasher<Member> hasher, PasswordHashing hashing, ILookupNormalizer normalizer, DoorLimits limits)
{
    /// <summary>What an edit of a member came to.</summary>
    public enum Outcome { Done, Unchanged, Taken, NotFound, LastOwner, AlreadySetUp, NotAllowed, Busy }

    /// <summary>The first owner; only while there is none, whoever asks at the same time.</summary>
    public async Task<Outcome> CreateOwnerAsync(string email, string password, Action<Change> further) => await hashing.HashAsync(password) is not { } hash ? Outcome.Busy : await journal.ChangeAsync(change =>
    {
        if (change.Db.Users.Any(member => !member.Removed && member.Role == MemberRole.Owner))
        {
            return Outcome.AlreadySetUp;
        }
        // Nobody is there who could allow it: the setup token did.
        var outcome = Save(change, new MemberDefinition { Email = email, Role = MemberRole.Owner }, () => hash, Actor.Bootstrap, new Actor(ActorKind.Member, email));
        if (outcome == Outcome.Done)
        {
            further(change);
        }
        return outcome;
    });

    public async Task<Outcome> CreateAsync(MemberDefinition wanted, string password, Actor actor) => await hashing.HashAsync(password) is not { } hash ? Outcome.Busy : await journal.ChangeAsync(change =>
        Find(change, wanted.Email) is { Removed: false } ? Outcome.Taken : Save(change, wanted, () => hash, actor, actor));

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
        if (!MemberRights.MayEdit(change, actor, member.Role, null))
        {
            return Outcome.NotAllowed;
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

    public async Task<Outcome> ChangePasswordAsync(string email, string password, Actor actor) => await hashing.HashAsync(password) is not { } hash ? Outcome.Busy : await journal.ChangeAsync(change =>
        Find(change, email) is not { Removed: false } member ? Outcome.NotFound
        : !MaySetPassword(change, member, actor) ? Outcome.NotAllowed
        : SetPassword(change, member, hash, actor, "member.password_changed", $"The password of {email} was changed."));

    /// <summary>Sets the password of a member who has none; one that is there stays.</summary>
    public Outcome SetFirstPasswordInChange(Change change, string email, Func<string> hash, Actor actor, string how) =>
        Find(change, email) is not { Removed: false } member ? Outcome.NotFound
        : member.PasswordHash is not null ? Outcome.Unchanged
        : !MaySetPassword(change, member, actor) ? Outcome.NotAllowed
        : SetPassword(change, member, hash(), actor, "member.password_set", $"{email} has a first password, {how}.");

    /// <summary>
    /// Takes a password away that was forgotten, so that a sign-in link can set another: every open session ends, and what was tried before does not count.
    /// For whoever administers the machine, whom <paramref name="user"/> names.
    /// </summary>
    public Outcome ResetPasswordInChange(Change change, string email, Actor actor, string user)
    {
        if (Find(change, email) is not { Removed: false } member)
        {
            return Outcome.NotFound;
        }
        if (!MaySetPassword(change, member, actor))
        {
            return Outcome.NotAllowed;
        }
        return SetPassword(change, member, null, actor, "member.password_reset", $"The password of {member.Email} was taken away by a command of {user}; a one-time sign-in link sets another.", AuditJson.Element(new { user }));
    }

    /// <summary>For a document, which is applied whole: there the work is part of the change.</summary>
    public string Hash(string password) => hasher.HashPassword(new Member(), password);

    /// <summary>Whether this is the member's password; null where there is no such member or no password.</summary>
    public bool? IsPassword(Member? member, string password) =>
        member?.PasswordHash is { } hash ? hasher.VerifyHashedPassword(member, hash, password) != PasswordVerificationResult.Failed : null;

    /// <summary>Creates the member or changes the role. A password is set only where one is given, and only on somebody new.</summary>
    public Outcome SaveInChange(Change change, MemberDefinition wanted, string? password, Actor actor) =>
        Save(change, wanted, password is null ? null : () => Hash(password), actor, actor);

    Outcome Save(Change change, MemberDefinition wanted, Func<string>? hash, Actor allowedBy, Actor actor)
    {
        var member = Find(change, wanted.Email);
        if (member is { Removed: false } && member.Role == wanted.Role)
        {
            return Outcome.Unchanged;
        }
        if (!MemberRights.MayEdit(change, allowedBy, member is { Removed: false } ? member.Role : null, wanted.Role))
        {
            return Outcome.NotAllowed;
        }
        if (member is null or { Removed: true })
        {
            return Create(change, member, wanted, hash?.Invoke(), actor);
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

    /// <summary>Of their own everybody; of others those who may change them.</summary>
    static bool MaySetPassword(Change change, Member member, Actor actor) =>
        (actor.Kind == ActorKind.Member && actor.Id == member.Email) || MemberRights.MayEdit(change, actor, member.Role, member.Role);

    Outcome SetPassword(Change change, Member member, string? hash, Actor actor, string action, string sentence, System.Text.Json.JsonElement? details = null)
    {
        member.PasswordHash = hash;
        EndSessions(member);
        ForgetFailures(member);
        change.Append(Told(actor, action, member.Email!, sentence) with { Details = details });
        change.Db.SaveChanges();
        return Outcome.Done;
    }

    Outcome Create(Change change, Member? returning, MemberDefinition wanted, string? hash, Actor actor)
    {
        var member = returning ?? new Member { UserName = wanted.Email, Email = wanted.Email, CreatedAt = change.Now, LockoutEnabled = true };
        member.NormalizedUserName = normalizer.NormalizeName(wanted.Email);
        member.NormalizedEmail = normalizer.NormalizeEmail(wanted.Email);
        member.EmailConfirmed = true;
        member.Removed = false;
        member.Role = wanted.Role;
        EndSessions(member);
        ForgetFailures(member);
        member.PasswordHash = hash;
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

    /// <summary>Whoever comes back, or has another password, begins without what was tried before; the columns are of versions that locked members in the database.</summary>
    void ForgetFailures(Member member)
    {
        member.AccessFailedCount = 0;
        member.LockoutEnd = null;
        limits.Renew(member.NormalizedEmail!);
    }

    internal Member? Find(Change change, string email)
    {
        var normalized = normalizer.NormalizeEmail(email);
        return change.Db.Users.FirstOrDefault(member => member.NormalizedEmail == normalized);
    }

    static bool IsLastOwner(Change change, Member member) =>
        member.Role == MemberRole.Owner && change.Db.Users.Count(other => !other.Removed && other.Role == MemberRole.Owner) == 1;

    internal static AuditEvent Told(Actor actor, string action, string email, string sentence) => AuditEvent.OfSystem(actor, action, "member", email, sentence);
}
