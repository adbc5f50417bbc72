using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Alerts;

/// <summary>What became of a mail, as it is shown.</summary>
enum MailState { Waiting, Sent, GivenUp, NotConfigured }

/// <summary>A mail with what became of it.</summary>
sealed record ShownMail(MailRow Mail, MailState State);

/// <summary>What pages ask of the outbox.</summary>
sealed class MailQueries(Reads reads, MailSettings settings)
{
    /// <summary>False where no server is configured: warnings are kept, and shown as not configured.</summary>
    public bool Configured => settings.Configured;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ShownMail>> RecentAsync(int most = 50)
    {
        await using var db = reads.Open();
        var mails = await db.Mail.OrderByDescending(mail => mail.Id).Take(most).ToListAsync();
        return [.. mails.Select(mail => new ShownMail(mail, StateOf(mail)))];
    }

    /// <summary>How many wait to be sent, where a server is configured; 0 where none is.</summary>
    public async Task<int> PendingAsync()
    {
        if (!Configured)
        {
            return 0;
        }
        await using var db = reads.Open();
        return await db.Mail.CountAsync(mail => mail.SentAt == null && mail.GivenUpAt == null);
    }

    MailState StateOf(MailRow mail) =>
        mail.SentAt is not null ? MailState.Sent
        : mail.GivenUpAt is not null ? MailState.GivenUp
        : settings.Configured ? MailState.Waiting : MailState.NotConfigured;
}
