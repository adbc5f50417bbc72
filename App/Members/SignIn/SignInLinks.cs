using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Governance.Audit;
using Governance.Journal;
using Microsoft.AspNetCore.Identity;

namespace Governance.Members.SignIn;

/// <summary>A link by which a member without a password sets the first one.</summary>
/// <param name="Path">What follows the address of this product; the token in it is nowhere else.</param>
sealed record SignInLink(string Email, string Path, DateTimeOffset ExpiresAt);

/// <summary>One-time sign-in links, so that nobody whom a document names without a password is locked out. Only hashes are kept; a link is used up by its first use and runs out by itself.</summary>
sealed class SignInLinks(JournalWriter journal, Reads reads, MemberEdits members, PasswordHashing hashing)
{
    public const string Address = "/sign-in/link";
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);
    const string Kind = "sign-in-link";

    /// <summary>Anything longer is not looked at.</summary>
    const int MaxLength = 128;

    /// <summary>Every start prints new ones; those before them may be on their way to somebody, but not without end.</summary>
    const int MaxKept = 5;

    /// <summary>A link for every one of these members who has no password; none for the others.</summary>
    public Task<IReadOnlyList<SignInLink>> CreateAsync(IReadOnlyCollection<string> emails, Actor actor) =>
        journal.ChangeAsync(change => (IReadOnlyList<SignInLink>)[.. emails.Select(email => CreateInChange(change, email, actor)).OfType<SignInLink>()]);

    /// <summary>Takes the member's password away and makes a link in its place. Null where there is no such member.</summary>
    /// <param name="user">Who asked for it on the machine.</param>
    public Task<SignInLink?> ResetAsync(string email, Actor actor, string user) => journal.ChangeAsync(change =>
    {
        if (members.ResetPasswordInChange(change, email, actor, user) != MemberEdits.Outcome.Done || members.Find(change, email) is not { } member)
        {
            return null;
        }
        // A link of before, in a log or a chat, must not come to life again.
        change.Db.UserTokens.RemoveRange(Of(change.Db, member.Id));
        change.Db.SaveChanges();
        return CreateInChange(change, email, actor);
    });

    /// <summary>Null where there is no such member, or one with a password.</summary>
    public SignInLink? CreateInChange(Change change, string email, Actor actor)
    {
        if (members.Find(change, email) is not { Removed: false, PasswordHash: null } member)
        {
            return null;
        }
        var token = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var expires = change.Now + Lifetime;
        var kept = Of(change.Db, member.Id).OrderByDescending(row => row.Value).ToList();
        change.Db.UserTokens.RemoveRange(kept.Where(row => ExpiryOf(row) <= change.Now).Union(kept.Skip(MaxKept - 1)));
        change.Db.UserTokens.Add(new IdentityUserToken<string>
        {
            UserId = member.Id, LoginProvider = Kind, Name = HashOf(token), Value = expires.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        });
        change.Append(MemberEdits.Told(actor, "member.sign_in_link_created", member.Email!, $"A one-time sign-in link was made for {member.Email}; it runs out at {expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC."));
        change.Db.SaveChanges();
        return new SignInLink(member.Email!, $"{Address}?token={token}", expires);
    }

    /// <summary>Whose link this is; null where it is unknown, used or run out.</summary>
    public string? Find(string? token, DateTimeOffset now)
    {
        using var db = reads.Open();
        return Holder(db, token, now)?.Email;
    }

    /// <summary>Sets the member's password and uses the link up, with every other one of that member.</summary>
    public async Task<Use> UseAsync(string? token, string password) => await hashing.HashAsync(password) is not { } hash ? new Use(null, Busy: true) : await journal.ChangeAsync(change =>
    {
        if (Holder(change.Db, token, change.Now) is not { } member
            || members.SetFirstPasswordInChange(change, member.Email!, () => hash, new Actor(ActorKind.Member, member.Email!), "set with a one-time sign-in link") != MemberEdits.Outcome.Done)
        {
            return new Use(null, Busy: false);
        }
        change.Db.UserTokens.RemoveRange(Of(change.Db, member.Id));
        return new Use(member.Email, Busy: false);
    });

    /// <summary>What the use of a link came to.</summary>
    /// <param name="Email">Whose password was set; null where the link no longer holds.</param>
    /// <param name="Busy">Nothing was looked at: too many passwords wait to be hashed.</param>
    public readonly record struct Use(string? Email, bool Busy);

    static Member? Holder(GovernanceDb db, string? token, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(token) || token.Length > MaxLength)
        {
            return null;
        }
        var hash = HashOf(token);
        var row = db.UserTokens.FirstOrDefault(row => row.LoginProvider == Kind && row.Name == hash);
        return row is not null && now < ExpiryOf(row) ? db.Users.FirstOrDefault(member => member.Id == row.UserId && !member.Removed && member.PasswordHash == null) : null;
    }

    static IQueryable<IdentityUserToken<string>> Of(GovernanceDb db, string member) => db.UserTokens.Where(row => row.UserId == member && row.LoginProvider == Kind);

    static DateTimeOffset ExpiryOf(IdentityUserToken<string> row) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row.Value!, CultureInfo.InvariantCulture));

    static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
