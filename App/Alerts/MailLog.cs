using Governance.Audit;
using Governance.Gateway.Telemetry;

namespace Governance.Alerts;

/// <summary>Counts what becomes of mails, and writes one structured line for each that could not be sent or even be made. Who was to get it stands in the trail, not here.</summary>
sealed partial class MailLog
{
    /// <summary>The name under which the lines can be turned off (<c>Logging:LogLevel:Governance.Mails</c>).</summary>
    public const string Category = "Governance.Mails";

    const string Sent = "sent";
    const string Failed = "failed";
    const string GivenUp = "given_up";
    const int MaxErrorLength = 300;

    readonly ILogger logger;

    public MailLog(ILoggerFactory? loggers = null)
    {
        logger = loggers?.CreateLogger(Category) ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;
        foreach (var outcome in (string[])[Sent, Failed, GivenUp])
        {
            Instruments.CountMail(outcome, 0);
        }
    }

    /// <summary>A try to send, once what became of it is durable.</summary>
    /// <param name="tries">This one included.</param>
    public void Record(MailRow mail, SendResult result, int tries, DateTimeOffset nextTry)
    {
        var error = Plain(mail, result.Error);
        switch (result.End)
        {
            case SendEnd.Sent:
                Instruments.CountMail(Sent);
                break;
            case SendEnd.Later:
                Instruments.CountMail(Failed);
                LogFailed(logger, mail.Id, mail.MessageId, mail.AuditId, tries, nextTry.UtcDateTime, error);
                break;
            default:
                Instruments.CountMail(GivenUp);
                LogGivenUp(logger, mail.Id, mail.MessageId, mail.AuditId, tries, error);
                break;
        }
    }

    /// <summary>A warning that no mail could be made of: nobody has an address, or its event cannot be read.</summary>
    public void RecordUnmade(AuditEvent told) => LogUnmade(logger, told.Action, told.TargetId, told.Project);

    /// <summary>One line of the server's words, without the address that they often repeat.</summary>
    static string Plain(MailRow mail, string? error)
    {
        var line = string.Concat((error ?? "").Select(character => char.IsControl(character) ? ' ' : character)).Replace(mail.Recipient, "(the recipient)", StringComparison.OrdinalIgnoreCase);
        return line.Length <= MaxErrorLength ? line : line[..MaxErrorLength];
    }

    [LoggerMessage(LogLevel.Warning, "Mail {Id} failed: message_id={MessageId} tells_of={AuditId} tries={Tries} next_try={NextTry:yyyy-MM-ddTHH:mm:ssZ} error={Error}")]
    static partial void LogFailed(ILogger logger, long id, string messageId, long auditId, int tries, DateTime nextTry, string error);

    [LoggerMessage(LogLevel.Error, "Mail {Id} was given up: message_id={MessageId} tells_of={AuditId} tries={Tries} error={Error}")]
    static partial void LogGivenUp(ILogger logger, long id, string messageId, long auditId, int tries, string error);

    [LoggerMessage(LogLevel.Error, "No mail was made: reason={Reason} budget={Budget} project={Project}")]
    static partial void LogUnmade(ILogger logger, string reason, string budget, string? project);
}
