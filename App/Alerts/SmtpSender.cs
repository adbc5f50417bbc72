using System.Net;
using System.Net.Mail;
using System.Text;

namespace Governance.Alerts;

/// <summary>How a try to send ended: accepted by the server, worth another try, or never going to work.</summary>
enum SendEnd { Sent, Later, Never }

/// <summary>How a try to send ended, and why where it failed.</summary>
sealed record SendResult(SendEnd End, string? Error = null);

/// <summary>Hands one mail to the configured server.</summary>
sealed class SmtpSender(MailSettings settings)
{
    /// <summary>For so long an answer is waited for.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task<SendResult> SendAsync(MailRow mail)
    {
        // A line break in an address or subject would be a header of somebody else's choice.
        if (mail.Recipient.Any(char.IsControl) || !MailAddress.TryCreate(mail.Recipient, out var recipient))
        {
            return new SendResult(SendEnd.Never, "The address is not an e-mail address.");
        }
        if (mail.Subject.Any(char.IsControl) || mail.MessageId.Any(char.IsControl))
        {
            return new SendResult(SendEnd.Never, "The subject has control characters.");
        }
        try
        {
            using var message = Message(mail, recipient);
            using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.UseTls };
            if (settings.User is not null)
            {
                client.Credentials = new NetworkCredential(settings.User, settings.Password);
            }
            using var patience = new CancellationTokenSource(Timeout);
            await client.SendMailAsync(message, patience.Token);
            return new SendResult(SendEnd.Sent);
        }
        catch (SmtpFailedRecipientException exception)
        {
            return new SendResult(IsFinal(exception.StatusCode) ? SendEnd.Never : SendEnd.Later, exception.Message);
        }
        catch (SmtpException exception)
        {
            return new SendResult(SendEnd.Later, exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : exception.Message);
        }
        catch (OperationCanceledException)
        {
            return new SendResult(SendEnd.Later, $"The server did not answer within {Timeout.TotalSeconds:0} seconds.");
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or FormatException)
        {
            return new SendResult(SendEnd.Later, exception.Message);
        }
    }

    MailMessage Message(MailRow mail, MailAddress recipient)
    {
        var message = new MailMessage
        {
            From = new MailAddress(settings.From),
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Body,
            BodyEncoding = Encoding.UTF8,
            IsBodyHtml = false,
        };
        message.To.Add(recipient);
        message.Headers["Message-ID"] = mail.MessageId;
        message.Headers["Auto-Submitted"] = "auto-generated";
        return message;
    }

    /// <summary>The server said that there is no such address; anything else may pass.</summary>
    static bool IsFinal(SmtpStatusCode code) => code is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath;
}
