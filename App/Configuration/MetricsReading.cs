using Governance.Alerts;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Ledger;

namespace Governance.Configuration;

/// <summary>All figures of this process as text. What stands in memory is read as it is; what stands in the database is read at most once in a few seconds, however often it is asked for.</summary>
sealed class MetricsReading : IDisposable
{
    /// <summary>More budgets than this are counted, not listed: a monitoring system pays for every name.</summary>
    const int BudgetsMost = 200;

    static readonly TimeSpan age = TimeSpan.FromSeconds(2);

    readonly Journal journal;
    readonly Drain drain;
    readonly GatewayState gateway;
    readonly FenceShelf fence;
    readonly UsageCounts usage;
    readonly VerificationRuns verification;
    readonly Reconciliation reconciliation;
    readonly CheckpointWriter checkpoints;
    readonly TimeProvider time;
    readonly Shared<Stored> stored;

    /// <summary>What only the database knows.</summary>
    sealed record Stored(OpenHolds Holds, IReadOnlyList<BudgetStanding> Budgets, int MailPending);

    public MetricsReading(Journal journal, Drain drain, GatewayState gateway, FenceShelf fence, UsageCounts usage, VerificationRuns verification, Reconciliation reconciliation,
        CheckpointWriter checkpoints, HoldQueries holds, BudgetQueries budgets, MailQueries mails, TimeProvider time)
    {
        (this.journal, this.drain, this.gateway, this.fence, this.usage, this.verification, this.reconciliation) = (journal, drain, gateway, fence, usage, verification, reconciliation);
        (this.checkpoints, this.time) = (checkpoints, time);
        stored = new Shared<Stored>(async () => new Stored(await holds.OpenAsync(), [.. (await budgets.AllAsync()).Where(budget => !budget.Definition.Retired)], await mails.PendingAsync()), age, time);
    }

    public void Dispose() => stored.Dispose();

    public async Task<string> ReadAsync()
    {
        var text = new MetricsText();
        WriteCalls(text);
        WriteJournal(text);
        WriteIntegrity(text);
        WriteStored(text, await stored.ReadAsync(age));
        return text.ToString();
    }

    void WriteCalls(MetricsText text)
    {
        text.Metric("counter", "governance_calls_total", "Ledger entries that this process committed, by outcome.");
        foreach (var outcome in Enum.GetValues<UsageOutcome>())
        {
            text.Value(usage.Of(outcome), ("outcome", outcome.ToString().ToLowerInvariant()));
        }
        text.Metric("counter", "governance_refusals_total", "Answers that the gateway gave instead of an upstream, by status and code.");
        foreach (var (status, code, count) in RefusalCounts.Read())
        {
            text.Value(count, ("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("code", code));
        }
        text.Metric("gauge", "governance_calls_in_flight", "Calls that are being handled.").Value(drain.InFlight);
        var (counts, sum) = gateway.Added.Read();
        text.Metric("histogram", "governance_added_seconds", "What the gateway adds before a call is sent: reading, deciding and the durable hold.")
            .Histogram(LatencyCounts.Bounds, counts, sum.TotalSeconds);
    }

    void WriteJournal(MetricsText text) => text
        .Metric("gauge", "governance_journal_queue", "Works that wait to be written.").Value(journal.Waiting)
        .Metric("gauge", "governance_journal_delay_seconds", "How long the oldest of them has waited.").Value(journal.Delay.TotalSeconds)
        .Metric("counter", "governance_journal_commits_total", "Transactions that were committed.").Value(journal.Figures.Commits)
        .Metric("counter", "governance_journal_works_total", "Works that were committed; divided by the commits, the mean size of a group.").Value(journal.Figures.Works)
        .Metric("gauge", "governance_journal_group_largest", "The largest group so far.").Value(journal.Figures.Largest)
        .Metric("counter", "governance_journal_failures_total", "Works that could not be written.").Value(journal.Figures.Failures);

    void WriteIntegrity(MetricsText text)
    {
        text.Metric("gauge", "governance_fenced", "1 while no call is taken because what was spent is not known.").Value(fence.Current is null ? 0L : 1L);
        text.Metric("gauge", "governance_stopping", "1 while the process stops.").Value(drain.Begun ? 1L : 0L);
        var covered = checkpoints.Status;
        if (covered.WrittenAt is { } written)
        {
            text.Metric("gauge", "governance_checkpoint_age_seconds", "Since the last signed checkpoint of the trail; it grows while nothing is written that one would cover.").Value((time.GetUtcNow() - written).TotalSeconds)
                .Metric("gauge", "governance_checkpoint_number", "Its number.").Value(covered.Number);
        }
        text.Metric("gauge", "governance_checkpoint_uncovered_events", "Events that no checkpoint covers yet.").Value(covered.Behind)
            .Metric("gauge", "governance_checkpoint_failing", "1 while none can be written.").Value(covered.Failure is null ? 0L : 1L);
        if (verification.Last is { } run)
        {
            text.Metric("gauge", "governance_verification_ok", "1 where the last verification found the invariant kept.");
            foreach (var check in run.Report.Checks)
            {
                text.Value(check.Failures == 0 ? 1L : 0L, ("invariant", check.Invariant));
            }
            text.Metric("gauge", "governance_verification_timestamp_seconds", "When the last verification began.").Value(run.At.ToUnixTimeSeconds())
                .Metric("gauge", "governance_verification_duration_seconds", "How long it took.").Value(run.Report.Duration.TotalSeconds);
        }
        if (reconciliation.Last is { } last)
        {
            text.Metric("gauge", "governance_reconciliation_drift_nanousd", "By how much the last reconciliation corrected balances, added up without signs.")
                .Value(last.Drifts.Sum(drift => Math.Abs(drift.Posted.Nanos) + Math.Abs(drift.Held.Nanos)));
        }
    }

    static void WriteStored(MetricsText text, Stored known)
    {
        text.Metric("gauge", "governance_holds_open", "Holds that are open.").Value(known.Holds.Count)
            .Metric("gauge", "governance_holds_nanousd", "What they hold.").Value(known.Holds.Held.Nanos)
            .Metric("gauge", "governance_mail_pending", "Mails that wait to be sent.").Value(known.MailPending);
        var listed = known.Budgets.Take(BudgetsMost).ToList();
        WriteBudgets(text, listed, "governance_budget_posted_nanousd", "Spent in the current period.", standing => standing.Posted.Nanos);
        WriteBudgets(text, listed, "governance_budget_held_nanousd", "Held by calls in flight.", standing => standing.Held.Nanos);
        WriteBudgets(text, listed, "governance_budget_cap_nanousd", "The cap.", standing => standing.Definition.Cap.Nanos);
        text.Metric("gauge", "governance_budgets_unlisted", "Budgets beyond those that are listed here.").Value(known.Budgets.Count - listed.Count);
    }

    static void WriteBudgets(MetricsText text, List<BudgetStanding> budgets, string name, string help, Func<BudgetStanding, long> figure)
    {
        text.Metric("gauge", name, help);
        foreach (var budget in budgets)
        {
            text.Value(figure(budget), ("budget", budget.Definition.Id));
        }
    }
}
