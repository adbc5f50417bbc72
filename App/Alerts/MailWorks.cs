using Governance.Audit;
using Governance.Journal;

namespace Governance.Alerts;

/// <summary>A mail to be put into the outbox.</summary>
/// <param name="AuditId">The event that it tells of.</param>
sealed record MailDraft(string MessageId, string Recipient, string Subject, string Body, long AuditId);

/// <summary>Puts mails into the outbox and moves the bookmark, in one transaction: an event becomes its mails exactly once.</summary>
/// <param name="hash">Of the event at the bookmark: where the database went back since it was read, nothing is written.</param>
sealed class NoticeWork(string reader, long bookmark, byte[]? hash, IReadOnlyList<MailDraft> drafts, IReadOnlyList<AuditEvent> told) : JournalWork<int>
{
    public override void Execute(JournalTransaction transaction)
    {
        Result = 0;
        var row = transaction.Prepare("SELECT hash FROM audit WHERE id = ?1").Bind(1, bookmark);
        var isThere = row.Step() && row.Blob(0).AsSpan().SequenceEqual(hash);
        row.Reset();
        if (!isThere)
        {
            throw new InvalidOperationException($"Event {bookmark} is not the one that was read; it is read again.");
        }
        foreach (var draft in drafts)
        {
            Result += transaction.Prepare("""
                INSERT INTO mail (message_id, recipient, subject, body, audit_id, created_at, next_try_at, tries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0)
                ON CONFLICT (message_id) DO NOTHING
                """)
                .Bind(1, draft.MessageId).Bind(2, draft.Recipient).Bind(3, draft.Subject).Bind(4, draft.Body).Bind(5, draft.AuditId)
                .Bind(6, transaction.NowMilliseconds).Run();
        }
        foreach (var one in told)
        {
            transaction.Append(one);
        }
        transaction.Prepare("INSERT INTO bookmarks (reader, audit_id) VALUES (?1, ?2) ON CONFLICT (reader) DO UPDATE SET audit_id = excluded.audit_id WHERE bookmarks.audit_id < excluded.audit_id")
            .Bind(1, reader).Bind(2, bookmark).Run();
        CrashPoint.Reach("mail-drafted");
    }
}

/// <summary>What became of one try to send a mail; told to the trail where it is final.</summary>
sealed class MailTriedWork(MailRow mail, SendResult result, DateTimeOffset nextTry, AuditEvent? told) : JournalWork<bool>
{
    public override void Execute(JournalTransaction transaction)
    {
        long? Now(SendEnd end) => result.End == end ? transaction.NowMilliseconds : null;
        Result = transaction.Prepare("""
            UPDATE mail SET tries = ?2, sent_at = ?3, given_up_at = ?4, last_error = ?5, next_try_at = ?6
            WHERE id = ?1 AND sent_at IS NULL AND given_up_at IS NULL
            """)
            .Bind(1, mail.Id).Bind(2, mail.Tries + 1).Bind(3, Now(SendEnd.Sent)).Bind(4, Now(SendEnd.Never)).Bind(5, result.Error)
            .Bind(6, nextTry.ToUnixTimeMilliseconds()).Run() == 1;
        if (Result && told is not null)
        {
            transaction.Append(told);
        }
    }
}

/// <summary>Removes mails that came to their end long ago: that they were sent stands in the trail. Some at a time; answers how many.</summary>
sealed class OldMailWork : JournalWork<int>
{
    /// <summary>How long a mail that was sent, or given up, can be looked up.</summary>
    public const int KeptDays = 90;

    public const int AtOnce = 500;

    public override void Execute(JournalTransaction transaction) => Result = transaction.Prepare("""
        DELETE FROM mail WHERE id IN (SELECT id FROM mail WHERE created_at < ?1 AND (sent_at < ?1 OR given_up_at < ?1) ORDER BY id LIMIT ?2)
        """).Bind(1, transaction.NowMilliseconds - (long)TimeSpan.FromDays(KeptDays).TotalMilliseconds).Bind(2, AtOnce).Run();
}
