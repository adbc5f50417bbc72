using Governance.Audit;

namespace Governance.Alerts;

/// <summary>What the trail is told of mail, in the chain of the event that caused it.</summary>
static class MailTrail
{
    public const string Sent = "mail.sent";
    public const string GivenUp = "mail.given_up";

    /// <param name="cause">The event that the mail tells of; null where it cannot be found.</param>
    public static AuditEvent Of(AuditRow? cause, string action, string target, string sentence, object? details) => new()
    {
        Chain = cause?.Project ?? AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = action,
        Actor = Actor.System,
        Project = cause?.Project,
        TargetKind = "mail",
        TargetId = target,
        Sentence = sentence,
        Details = details is null ? null : AuditJson.Element(details),
    };
}
