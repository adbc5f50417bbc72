using System.Globalization;
using Governance.Audit;

namespace Governance.Members.SignIn;

/// <summary>Failed and refused sign-ins of one account from one address.</summary>
/// <param name="Email">Null where there is no such member: what was typed may be a password, so it is not kept.</param>
/// <param name="Address">Null for what was beyond the limit of what is told apart.</param>
[Pure]
sealed record FailedSignIns(string? Email, string? Address, int Failed, int Refused);

/// <summary>What the trail is told of people who come, go, fail to come in, read, and take out.</summary>
static class AccessEvents
{
    /// <summary>Rows that one minute of failures may come to; the rest is counted in one more.</summary>
    public const int MaxFailureRows = 20;

    public static AuditEvent SignedIn(string email, string address) => Member(email, "member.signed_in", $"{email} signed in from {address}.", new { address });

    public static AuditEvent SignedOut(string email, string address) => Member(email, "member.signed_out", $"{email} signed out.", new { address });

    public static AuditEvent PageRead(string email, string page) => Member(email, "page.read", $"{email}, an auditor, read {page}.", new { page });

    public static AuditEvent Exported(Actor actor) =>
        Event(actor, AuditCategory.System, "configuration.exported", "configuration", "export", $"The configuration was exported by {actor.Id}.", new { });

    /// <summary>At most two rows for an account and address, failed and refused, and one for all that is too much to be told apart.</summary>
    public static IReadOnlyList<AuditEvent> Failures(IEnumerable<FailedSignIns> failures, DateTimeOffset since)
    {
        var told = failures.GroupBy(one => (one.Email, one.Address))
            .Select(same => new FailedSignIns(same.Key.Email, same.Key.Address, same.Sum(one => one.Failed), same.Sum(one => one.Refused)))
            .OrderBy(one => one.Address is null).ThenBy(one => one.Email is null).ThenByDescending(one => one.Failed + one.Refused).ToList();
        var apart = told.Where(one => one.Address is not null).Take(MaxFailureRows).ToList();
        var rest = told.Except(apart).ToList();
        var events = apart.SelectMany(one => Rows(one, since)).ToList();
        if (rest.Count > 0)
        {
            events.AddRange(Rows(new FailedSignIns(null, null, rest.Sum(one => one.Failed), rest.Sum(one => one.Refused)), since));
        }
        return events;
    }

    static IEnumerable<AuditEvent> Rows(FailedSignIns one, DateTimeOffset since)
    {
        var account = one.Email ?? (one.Address is null ? "other accounts" : "an account that does not exist");
        var place = one.Address ?? "other addresses";
        var begin = since.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        if (one.Failed > 0)
        {
            yield return Failure("member.sign_in_failed", AuditCategory.Blocked, one, one.Failed, since,
                $"{one.Failed.ToString(CultureInfo.InvariantCulture)} failed {(one.Failed == 1 ? "sign-in" : "sign-ins")} to {account} from {place} in the minute from {begin} UTC.");
        }
        if (one.Refused > 0)
        {
            yield return Failure("member.sign_in_locked", AuditCategory.Intervened, one, one.Refused, since,
                $"Sign-in {(one.Email is null ? "" : $"to {account} ")}from {place} was locked after too many attempts: {one.Refused.ToString(CultureInfo.InvariantCulture)} more refused in the minute from {begin} UTC.");
        }
    }

    static AuditEvent Failure(string action, AuditCategory category, FailedSignIns one, int count, DateTimeOffset since, string sentence) =>
        Event(Actor.System, category, action, "member", one.Email ?? "unknown", sentence, new { count, address = one.Address, since = since.UtcDateTime });

    static AuditEvent Member(string email, string action, string sentence, object details) =>
        Event(new Actor(ActorKind.Member, email), AuditCategory.System, action, "member", email, sentence, details);

    static AuditEvent Event(Actor actor, AuditCategory category, string action, string targetKind, string targetId, string sentence, object details) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = category,
        Action = action,
        Actor = actor,
        TargetKind = targetKind,
        TargetId = targetId,
        Sentence = sentence,
        Details = AuditJson.Element(details),
    };
}
