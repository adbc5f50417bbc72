using System.Diagnostics;
using System.Diagnostics.Metrics;
using Governance.Audit.Checkpoints;
using Governance.Gateway;
using Governance.Gateway.Telemetry;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.Fences;

namespace Governance.Operations.Telemetry;

/// <summary>The series that are read where they are counted when somebody asks: everything from memory, so that they are told while the database is away too.</summary>
sealed class Measurements
{
    /// <summary>More budgets than this are counted, not listed: a monitoring system pays for every name.</summary>
    internal const int MaxBudgets = 200;

    readonly Meter meter;

    public Measurements(IMeterFactory meters, JournalWriter journal, Drain drain, FenceShelf fence, UsageCounts usage, VerificationRuns verification, Reconciliation reconciliation,
        CheckpointWriter checkpoints, StoredFigures stored, TimeProvider time)
    {
        meter = meters.Create(Instruments.MeterName);
        Describe();
        Ledger(usage);
        Calls(drain, fence);
        Journal(journal);
        Checkpoints(checkpoints, time);
        Verification(verification, reconciliation);
        Stored(stored);
    }

    void Describe()
    {
        using var process = Process.GetCurrentProcess();
        var started = process.StartTime.ToUniversalTime();
        Gauge("governance.build.info", "", "1, with the version of the program.", () => new Measurement<double>(1, Tag("version", TelemetrySetup.Version)));
        Gauge("process.start.time", "s", "When the process started, in seconds since 1970.", () => new Measurement<double>((started - DateTime.UnixEpoch).TotalSeconds));
    }

    void Ledger(UsageCounts usage)
    {
        Counter("governance.calls", "{call}", "Ledger entries that this process committed, by project and outcome.",
            () => usage.Entries.Select(entry => new Measurement<long>(entry.Count, Tag("project", entry.Project), Tag("outcome", UsageWords.Of(entry.Outcome)))));
        Counter("governance.tokens", "{token}", "Tokens of these entries as the provider counted them, by project, model and type.", () => usage.Spend.SelectMany(Tokens));
        meter.CreateObservableCounter("governance.cost", () => usage.Spend.Select(each => new Measurement<double>(Usd(each.Spend.Cost), Tag("project", each.Project), Tag("model", each.Model))),
            "usd", "What these entries cost when they were written, by project and model.");
        Gauges("governance.cost.corrections", "usd", "By how much entries were corrected since; together with the cost it is what the ledger comes to.",
            () => usage.Spend.Select(each => new Measurement<double>(Usd(each.Spend.Corrections), Tag("project", each.Project), Tag("model", each.Model))));
    }

    static IEnumerable<Measurement<long>> Tokens((string Project, string Model, ModelSpend Spend) each)
    {
        return [Of("input", each.Spend.InputTokens), Of("output", each.Spend.OutputTokens), Of("cache_read", each.Spend.CacheReadTokens), Of("cache_write", each.Spend.CacheWriteTokens)];

        Measurement<long> Of(string type, long count) => new(count, Tag("project", each.Project), Tag("model", each.Model), Tag("type", type));
    }

    void Calls(Drain drain, FenceShelf fence)
    {
        Gauge("governance.calls.in_flight", "", "Calls that are being handled.", () => drain.InFlight);
        Gauge("governance.fenced", "", "1 while no call is taken because what was spent is not known.", () => Flag(fence.Current is not null));
        Gauge("governance.stopping", "", "1 while the process stops.", () => Flag(drain.Begun));
    }

    void Journal(JournalWriter journal)
    {
        Gauge("governance.journal.queue", "", "Works that wait to be written.", () => journal.Waiting);
        Gauge("governance.journal.delay", "s", "How long the oldest of them has waited.", () => journal.Delay.TotalSeconds);
        Counter("governance.journal.commits", "{commit}", "Transactions that were committed.", () => [new(journal.Figures.Commits)]);
        Counter("governance.journal.works", "{work}", "Works that were committed; divided by the commits, the mean size of a group.", () => [new(journal.Figures.Works)]);
        Counter("governance.journal.failures", "{work}", "Works that could not be written.", () => [new(journal.Figures.Failures)]);
        Gauge("governance.journal.group.largest", "", "The largest group so far.", () => journal.Figures.Largest);
    }

    void Checkpoints(CheckpointWriter checkpoints, TimeProvider time)
    {
        Gauges("governance.checkpoint.age", "s", "Since the last signed checkpoint of the trail; it grows while nothing is written that one would cover.",
            () => checkpoints.Status.WrittenAt is { } written ? [new Measurement<double>((time.GetUtcNow() - written).TotalSeconds)] : []);
        Gauges("governance.checkpoint.number", "", "Its number.", () => checkpoints.Status is { WrittenAt: not null, Number: var number } ? [new Measurement<double>(number)] : []);
        Gauge("governance.checkpoint.uncovered_events", "", "Events that no checkpoint covers yet.", () => checkpoints.Status.Behind);
        Gauge("governance.checkpoint.failing", "", "1 while none can be written.", () => Flag(checkpoints.Status.Failure is not null));
    }

    void Verification(VerificationRuns verification, Reconciliation reconciliation)
    {
        Gauges("governance.verification.timestamp", "s", "When this process began its last verification, in seconds since 1970.", () => Of(run => [new(run.At.ToUnixTimeSeconds())]));
        Gauges("governance.verification.duration", "s", "How long it took.", () => Of(run => [new(run.Report.Duration.TotalSeconds)]));
        Gauges("governance.verification.clean", "", "1 where it found nothing wrong.", () => Of(run => [new(Flag(run.Report.IsClean))]));
        Gauges("governance.verification.ok", "", "1 where it found the invariant kept.",
            () => Of(run => run.Report.Checks.DistinctBy(check => check.Invariant).Select(check => new Measurement<double>(Flag(check.Failures == 0), Tag("invariant", check.Invariant)))));
        Gauges("governance.reconciliation.drift", "usd", "By how much the last reconciliation corrected balances, added up without signs.", () => reconciliation.Last is { } last
            ? [new Measurement<double>(last.Drifts.Sum(drift => Math.Abs(Usd(drift.Posted)) + Math.Abs(Usd(drift.Held))))] : []);

        IEnumerable<Measurement<double>> Of(Func<VerificationRun, IEnumerable<Measurement<double>>> read) => verification.Last is { } run ? read(run) : [];
    }

    void Stored(StoredFigures stored)
    {
        Gauge("governance.store.up", "", "1 while the database answers and can be written; while it is 0 everything below is what was known last.", () => Flag(stored.StoreAnswers));
        Gauges("governance.store.reading.age", "s", "How old what was read of it is.", () => Of(known => [new(Stopwatch.GetElapsedTime(known.At).TotalSeconds)]));
        Gauges("governance.holds.open", "", "Holds that are open, of all instances.", () => Of(known => [new(known.Holds.Count)]));
        Gauges("governance.holds", "usd", "What they hold.", () => Of(known => [new(Usd(known.Holds.Held))]));
        Gauges("governance.mail.pending", "", "Mails that wait to be sent.", () => Of(known => [new(known.MailPending)]));
        Budgets("governance.budget.posted", "Spent in the current period.", budget => budget.Posted);
        Budgets("governance.budget.held", "Held by calls in flight.", budget => budget.Held);
        Budgets("governance.budget.cap", "The cap.", budget => budget.Definition.Cap);
        Budgets("governance.budget.remaining", "What the cap leaves after what is spent and held; less than nothing where it was passed.", budget => budget.Remaining);
        Gauges("governance.budgets.unlisted", "", "Budgets beyond those that are listed here.", () => Of(known => [new(Math.Max(0, known.Budgets.Count - MaxBudgets))]));

        void Budgets(string name, string description, Func<Governance.Budgets.BudgetAmounts, Money> amount) =>
            Gauges(name, "usd", description, () => Of(known => known.Budgets.Take(MaxBudgets).Select(budget => new Measurement<double>(Usd(amount(budget)), Tag("budget", budget.Definition.Id)))));

        IEnumerable<Measurement<double>> Of(Func<StoredFigures.Reading, IEnumerable<Measurement<double>>> read) => stored.Last is { } known ? read(known) : [];
    }

    void Counter(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) => meter.CreateObservableCounter(name, read, unit, description);

    void Gauge(string name, string unit, string description, Func<double> read) => meter.CreateObservableGauge(name, read, unit, description);

    void Gauge(string name, string unit, string description, Func<Measurement<double>> read) => meter.CreateObservableGauge(name, read, unit, description);

    void Gauges(string name, string unit, string description, Func<IEnumerable<Measurement<double>>> read) => meter.CreateObservableGauge(name, read, unit, description);

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <summary>For people's eyes and alerts; the ledger itself never counts so.</summary>
    static double Usd(Money amount) => (double)amount.Usd;

    static double Flag(bool holds) => holds ? 1 : 0;
}
