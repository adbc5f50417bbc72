using Governance.Audit;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.Fences;
using Microsoft.EntityFrameworkCore;

namespace Governance.Alerts;

/// <summary>
/// Sends what waits in the outbox, and tries again while the server is down. At least once: a process that dies between the
/// server's acceptance and the mark sends the mail again, with the same Message-ID, by which mailboxes recognise a repeat.
/// </summary>
sealed partial class MailSender(JournalWriter journal, Feed feed, Reads reads, MailSettings settings, SmtpSender smtp, Leases leases, FenceShelf fences, MailLog log, TimeProvider time, ILogger<MailSender> logger) : FeedLoop(feed, logger)
{
    /// <summary>The one instance that has it reads the trail and sends.</summary>
    public const string LeaseName = "mail";

    /// <summary>Longer than a server may take to answer, so that nobody else sends the same meanwhile. Of one that dies it passes on sooner.</summary>
    public static readonly TimeSpan LeaseTime = 2 * SmtpSender.Timeout;

    const int AtOnce = 50;

    /// <summary>How long a stop waits for a server that has a message.</summary>
    static readonly TimeSpan stopWait = TimeSpan.FromSeconds(5);

    long? removedAt;

    protected override TimeSpan Rest => settings.Backoff.Append(base.Rest).Min();

    public override async Task PassAsync(CancellationToken stopping)
    {
        // With a clock that nobody has looked at yet nothing is too late, and nothing is due.
        if (!settings.Configured || fences.Current is { } fence && ClockGap.IsReason(fence.Reason) || await leases.TakeAsync(LeaseName, LeaseTime) is null)
        {
            return;
        }
        await RemoveOldAsync();
        var due = await DueAsync();
        foreach (var mail in due)
        {
            // Asked again for each: many that are answered slowly outlast the lease.
            if (stopping.IsCancellationRequested || await leases.TakeAsync(LeaseName, LeaseTime) is not { } lease)
            {
                return;
            }
            await TryAsync(mail, lease, stopping);
        }
    }

    /// <summary>Once a day.</summary>
    async Task RemoveOldAsync()
    {
        if (removedAt is { } before && time.GetElapsedTime(before) < TimeSpan.FromDays(1))
        {
            return;
        }
        removedAt = time.GetTimestamp();
        OldMailWork work;
        do
        {
            work = new OldMailWork();
            journal.Submit(work);
        }
        while (await work.Committed == OldMailWork.AtOnce);
    }

    async Task<List<MailRow>> DueAsync()
    {
        var now = time.GetUtcNow();
        // A try that lies further ahead than any wait was planned by a wrong clock.
        var furthest = now + settings.Backoff.Max() + TimeSpan.FromMinutes(1);
        await using var db = reads.Open();
        return await db.Mail.Where(mail => mail.SentAt == null && mail.GivenUpAt == null && (mail.NextTryAt <= now || mail.NextTryAt > furthest)).OrderBy(mail => mail.Id).Take(AtOnce).ToListAsync();
    }

    async Task TryAsync(MailRow mail, Lease lease, CancellationToken stopping)
    {
        CrashPoint.Reach("mail-sending");
        // Whatever held the mail up, it is tried once: a fence may have stood for days.
        var late = mail.Tries > 0 && time.GetUtcNow() - mail.CreatedAt > settings.Patience;
        var result = late
            ? new SendResult(SendEnd.Never, mail.LastError ?? "It had waited too long before it could be sent.")
            : await SendAsync(mail, stopping);
        CrashPoint.Reach("mail-sent");
        var wait = settings.Backoff[Math.Min(mail.Tries, settings.Backoff.Count - 1)];
        var nextTry = time.GetUtcNow() + wait;
        var work = lease.Fence(new MailTriedWork(mail, result, nextTry, await ToldAsync(mail, result, late)));
        journal.Submit(work);
        await work.Committed;
        log.Record(mail, result, TriesOf(mail, late), nextTry);
        CrashPoint.Reach("mail-recorded");
    }

    /// <summary>While a server takes its time the lease is kept, so that nobody else sends the same. A stop waits a moment, because a mail that is given up is sent again.</summary>
    async Task<SendResult> SendAsync(MailRow mail, CancellationToken stopping)
    {
        using var given = new CancellationTokenSource();
        using var end = stopping.Register(() => given.CancelAfter(stopWait));
        var sending = smtp.SendAsync(mail, given.Token);
        while (await Task.WhenAny(sending, Task.Delay(LeaseTime / 4, CancellationToken.None)) != sending)
        {
            try
            {
                await leases.TakeAsync(LeaseName, LeaseTime);
            }
            catch (Exception exception)
            {
                // The server may still take the message: what became of it is waited for all the same.
                LogLease(logger, exception);
            }
        }
        return await sending;
    }

    static int TriesOf(MailRow mail, bool late) => mail.Tries + (late ? 0 : 1);

    async Task<AuditEvent?> ToldAsync(MailRow mail, SendResult result, bool late)
    {
        if (result.End is SendEnd.Later)
        {
            return null;
        }
        await using var db = reads.Open();
        var cause = await db.Audit.FindAsync(mail.AuditId);
        var details = new { recipient = mail.Recipient, subject = mail.Subject, tries = TriesOf(mail, late), tells_of = mail.AuditId, error = result.Error };
        return result.End is SendEnd.Sent
            ? MailTrail.Of(cause, MailTrail.Sent, mail.MessageId, $"{mail.Recipient} was told: {mail.Subject}.", details)
            : MailTrail.Of(cause, MailTrail.GivenUp, mail.MessageId, $"{mail.Recipient} could not be told: {mail.Subject}. {result.Error}", details);
    }

    [LoggerMessage(LogLevel.Warning, "The lease of the mails could not be kept while a server takes its time")]
    static partial void LogLease(ILogger logger, Exception exception);
}
