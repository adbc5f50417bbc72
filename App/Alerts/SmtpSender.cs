using System.Net.Mail;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SmtpClient = MailKit.Net.Smtp.SmtpClient;
using SmtpStatusCode = MailKit.Net.Smtp.SmtpStatusCode;

namespace Governance.Alerts;

/// <summary>How a try to send ended: accepted by the server, worth another try, or never going to work.</summary>
enum SendEnd { Sent, Later, Never }

/// <summary>How a try to send ended, and why where it failed.</summary>
sealed record SendResult(SendEnd End, string? Error = null);

/// <summary>Hands one mail to the configured server.</summary>
sealed class SmtpSender(MailSettings settings)
{
    /// <summary>For so long the server is waited for until it takes the message.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>For so long it is waited for once it has the message (RFC 5321, 4.5.3.2.6): whoever gives up sooner sends a mail twice that was only answered late.</summary>
    public static readonly TimeSpan AcceptanceTimeout = TimeSpan.FromMinutes(10);

    static readonly TimeSpan leave = TimeSpan.FromSeconds(2);

    const int ImplicitTlsPort = 465;

    const string WithoutTls = "Governance:Smtp:UseTls=false sends in the clear, without a password.";

    /// <param name="cancellation">Gives up a mail that is under way; it is then sent again under its own Message-ID.</param>
    public async Task<SendResult> SendAsync(MailRow mail, CancellationToken cancellation = default)
    {
        // A line break in an address or subject would be a header of somebody else's choice.
        if (mail.Recipient.Any(char.IsControl) || !MailAddress.TryCreate(mail.Recipient, out _) || !MailboxAddress.TryParse(mail.Recipient, out var recipient))
        {
            return new SendResult(SendEnd.Never, "The address is not an e-mail address.");
        }
        if (mail.Subject.Any(char.IsControl) || mail.MessageId.Any(char.IsControl))
        {
            return new SendResult(SendEnd.Never, "The subject has control characters.");
        }
        var step = "be reached";
        try
        {
            using var message = Message(mail, recipient);
            // Lists of revoked certificates are mostly not reachable from where this runs; the chain and the name are checked.
            using var client = new SmtpClient { CheckCertificateRevocation = false, Timeout = (int)AcceptanceTimeout.TotalMilliseconds };
            using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                patience.CancelAfter(Timeout);
                await client.ConnectAsync(settings.Host!, settings.Port, Security, patience.Token);
                if (settings.User is not null)
                {
                    step = "sign in";
                    await client.AuthenticateAsync(settings.User, settings.Password!, patience.Token);
                }
            }
            step = "take the message";
            await client.SendAsync(message, cancellation);
            await GoAsync(client);
            return new SendResult(SendEnd.Sent);
        }
        catch (AuthenticationException exception)
        {
            return new SendResult(SendEnd.Later, $"The server refused the user name or the password (Governance:Smtp:User, Governance:Smtp:PasswordEnv): {exception.Message}");
        }
        catch (SmtpCommandException exception)
        {
            return new SendResult(exception.ErrorCode is SmtpErrorCode.RecipientNotAccepted && IsFinal(exception.StatusCode) ? SendEnd.Never : SendEnd.Later, exception.Message);
        }
        catch (SslHandshakeException exception)
        {
            return new SendResult(SendEnd.Later, $"The server's certificate cannot be trusted, or it speaks no TLS here (Governance:Smtp:Port): {exception.InnerException?.Message ?? exception.Message} Give the machine the certificate's authority; {WithoutTls}");
        }
        catch (OperationCanceledException)
        {
            return new SendResult(SendEnd.Later, cancellation.IsCancellationRequested ? "The process was stopped before the server answered." : $"The server could not {step} within {Timeout.TotalSeconds:0} seconds.");
        }
        catch (NotSupportedException exception) when (Security == SecureSocketOptions.StartTls)
        {
            return new SendResult(SendEnd.Later, $"{exception.Message} Port 465 (Governance:Smtp:Port) speaks TLS from the first byte; {WithoutTls}");
        }
        catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or InvalidOperationException or NotSupportedException or TimeoutException or ServiceNotConnectedException or ServiceNotAuthenticatedException)
        {
            return new SendResult(SendEnd.Later, exception.Message);
        }
    }

    SecureSocketOptions Security => settings.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : settings.UseTls ? SecureSocketOptions.StartTls : SecureSocketOptions.None;

    /// <summary>The message is the server's; how it takes leave changes nothing.</summary>
    static async Task GoAsync(SmtpClient client)
    {
        try
        {
            using var patience = new CancellationTokenSource(leave);
            await client.DisconnectAsync(quit: true, patience.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is closed either way.
        }
    }

    MimeMessage Message(MailRow mail, MailboxAddress recipient)
    {
        var message = new MimeMessage { Subject = mail.Subject, Body = new TextPart("plain") { Text = mail.Body } };
        message.From.Add(MailboxAddress.Parse(settings.From));
        message.To.Add(recipient);
        message.Headers.Replace(HeaderId.MessageId, mail.MessageId);
        message.Headers.Replace("Auto-Submitted", "auto-generated");
        return message;
    }

    /// <summary>The server said that there is no such address; anything else may pass.</summary>
    static bool IsFinal(SmtpStatusCode code) => code is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath;
}
