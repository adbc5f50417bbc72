using System.Text.Json;
using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.Fences;
using Governance.Members;
using Microsoft.EntityFrameworkCore;

namespace Governance.Alerts;

/// <summary>Follows the trail and makes a mail of every threshold that wants one (B5). Nothing that spends money waits for it; after a crash it goes on from its bookmark.</summary>
sealed class AlertReader(JournalWriter journal, Feed feed, Reads reads, MailSettings settings, Leases leases, FenceShelf fences, MailLog log, ILogger<AlertReader> logger) : FeedLoop(feed, logger)
{
    public const string Reader = "mail";
    public const string NobodyAction = "mail.nobody_to_tell";

    public const string UnreadableAction = "mail.unreadable_event";

    const int AtOnce = 100;

    /// <summary>The bookmark is moved at least this often, so that a restart never reads far.</summary>
    const int MoveBookmarkAfter = 10_000;

    long position = -1;
    /// <summary>The hash of the event at <see cref="position"/>: another one there means that the database went back, and numbers stand for other events.</summary>
    byte[]? hashThere;
    long bookmark;
    Lease? last;

    public override async Task PassAsync(CancellationToken stopping)
    {
        do
        {
            // The clock is in doubt: a mail that is dated by it now might count as too late before it is sent.
            if (fences.Current is { } fence && ClockGap.IsReason(fence.Reason))
            {
                return;
            }
            if (await leases.TakeAsync(MailSender.LeaseName, MailSender.LeaseTime) is not { } lease)
            {
                return;
            }
            if (lease != last)
            {
                // Somebody else may have read on meanwhile.
                (last, position) = (lease, -1);
            }
            if (!await ReadSomeAsync(lease))
            {
                return;
            }
        }
        while (!stopping.IsCancellationRequested);
    }

    /// <summary>Answers whether there is more to read.</summary>
    async Task<bool> ReadSomeAsync(Lease lease)
    {
        await using var db = reads.Open();
        if (position < 0 || !await IsThereAsync(db))
        {
            position = bookmark = (await db.Bookmarks.FindAsync(Reader))?.AuditId ?? 0;
            hashThere = await HashAsync(db, position);
        }
        var last = await db.Audit.MaxAsync(row => (long?)row.Id) ?? 0;
        if (last <= position)
        {
            return false;
        }
        var events = await db.Audit.Where(row => row.Id > position && row.Id <= last && row.Action == ThresholdNotice.Action).OrderBy(row => row.Id).Take(AtOnce).ToListAsync();
        var full = events.Count == AtOnce;
        var until = full ? events[^1].Id : last;
        var hashUntil = await HashAsync(db, until);
        var drafts = new List<MailDraft>();
        var told = new List<AuditEvent>();
        foreach (var row in events)
        {
            await DraftAsync(db, row, drafts, told);
        }
        if (events.Count > 0 || until - bookmark >= MoveBookmarkAfter)
        {
            var work = lease.Fence(new NoticeWork(Reader, until, hashUntil, drafts, told));
            journal.Submit(work);
            await work.Committed;
            told.ForEach(log.RecordUnmade);
            bookmark = until;
        }
        (position, hashThere) = (until, hashUntil);
        return full;
    }

    async Task<bool> IsThereAsync(GovernanceDb db) => position == 0 || (hashThere is not null && (await HashAsync(db, position))?.AsSpan().SequenceEqual(hashThere) is true);

    static Task<byte[]?> HashAsync(GovernanceDb db, long eventId) => db.Audit.Where(row => row.Id == eventId).Select(row => (byte[]?)row.Hash).FirstOrDefaultAsync();

    async Task DraftAsync(GovernanceDb db, AuditRow row, List<MailDraft> drafts, List<AuditEvent> told)
    {
        if (NumbersOf(row) is not { } numbers)
        {
            told.Add(MailTrail.Of(row, UnreadableAction, row.TargetId, $"A warning of {row.TargetId} could not be mailed: its event cannot be read.", new { audit_id = row.Id }));
            return;
        }
        if (!numbers.Email)
        {
            return;
        }
        var budget = (await db.Budgets.FindAsync(numbers.Budget))?.Definition;
        var project = row.Project is null ? null : (await db.Projects.FindAsync(row.Project))?.Definition;
        var owners = await db.Users.Where(member => !member.Removed && member.Role == MemberRole.Owner).OrderBy(member => member.Email).Select(member => member.Email!).ToListAsync();
        var recipients = Recipients.Of(budget, project, owners);
        for (var i = 0; i < recipients.Count; i++)
        {
            drafts.Add(new MailDraft(
                ThresholdMail.MessageId(numbers, row.Hash, recipients.Count == 1 ? null : i + 1), recipients[i],
                ThresholdMail.Subject(numbers, budget), ThresholdMail.Body(numbers, budget, settings.PublicUrl), row.Id));
        }
        if (recipients.Count == 0)
        {
            told.Add(MailTrail.Of(row, NobodyAction, numbers.Budget, $"Nobody has an address to be told that {ThresholdMail.Reached(numbers, budget)}.", null));
        }
    }

    /// <summary>Null where the event is damaged; one such event must not hold up all that follow.</summary>
    static ThresholdNotice.Numbers? NumbersOf(AuditRow row)
    {
        try
        {
            using var body = JsonDocument.Parse(row.Body);
            return body.RootElement.GetProperty("details").Deserialize<ThresholdNotice.Numbers>(AuditJson.Options);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
