using Governance.Audit;
using Governance.Integrity.Checks;
using Governance.Tests.Ledger;

namespace Governance.Tests.Integrity.Checks;

public sealed class VerificationRunsTests
{
    [Fact]
    public async Task ARunIsRememberedAndToldWithWhatWasChecked()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        await rig.SpendAsync(1m);
        var steps = new List<string>();
        var run = await rig.Get<VerificationRuns>().RunAsync(Actor.System, new Steps(steps));
        Assert.True(run.Report.IsClean);
        Assert.Same(run, rig.Get<VerificationRuns>().Last);
        Assert.Equal(["I1", "I2", "I3", "I6", "I9", "I11", "I12", "seal", "I14", "fence", "checkpoint", "definition"], run.Report.Checks.Select(check => check.Invariant));
        Assert.Equal((1, 1, 1), (Rows(run, "I1"), Rows(run, "I2"), Rows(run, "seal")));
        Assert.NotEmpty(steps);
        Assert.Equal(run.Report.Sentence, Assert.Single(rig.Events(VerificationRuns.CleanAction)).Sentence);
    }

    [Fact]
    public async Task WhatDiffersIsToldByName()
    {
        await using var rig = new LedgerRig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "20"));
        rig.Tamper("UPDATE balances SET posted_nanos = 5");
        var run = await rig.Get<VerificationRuns>().RunAsync(Actor.System);
        Assert.Equal(1, run.Report.Checks.Single(check => check.Invariant == "I2").Failures);
        Assert.Contains("I2 fails 1 times. The first: balance chat-month", Assert.Single(rig.Events(VerificationRuns.FailedAction)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACancelledRunEndsAndTheNextOneRuns()
    {
        await using var rig = new LedgerRig();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Get<VerificationRuns>().RunAsync(Actor.System, null, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => Verification.Verify(rig.Settings.ReadConnectionString, null, null, null, null, cancellation: cancelled.Token));
        Assert.True((await rig.Get<VerificationRuns>().RunAsync(Actor.System)).Report.IsClean);
    }

    [Fact]
    public async Task AHoldThatALivingProcessLeftOpenIsFoundByTheClock()
    {
        await using var rig = new LedgerRig();
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        Assert.True((await rig.Get<VerificationRuns>().RunAsync(Actor.System)).Report.IsClean);
        rig.Clock.Now += TimeSpan.FromHours(4);
        var run = await rig.Get<VerificationRuns>().RunAsync(Actor.System);
        Assert.StartsWith("hold req_", Assert.Single(run.Report.Findings, finding => finding.Invariant == "I6").Subject, StringComparison.Ordinal);
        Assert.False(run.Report.IsClean);
    }

    [Fact]
    public async Task AHandOnTheClockMakesNoHoldOld()
    {
        await using var rig = new LedgerRig();
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        rig.Clock.Step(TimeSpan.FromDays(3));
        Assert.DoesNotContain((await rig.Get<VerificationRuns>().RunAsync(Actor.System)).Report.Findings, finding => finding.Invariant == "I6");
        // Who looks from outside cannot know how much of it has passed, and says so.
        var outside = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, null, rig.Clock.Now);
        Assert.True(outside.IsClean);
        Assert.Equal(FindingSeverity.Note, Assert.Single(outside.Findings, finding => finding.Invariant == "I6").Severity);
    }

    static long Rows(VerificationRun run, string invariant) => run.Report.Checks.Single(check => check.Invariant == invariant).Rows;

    /// <summary>Keeps what is reported, at once.</summary>
    sealed class Steps(List<string> steps) : IProgress<string>
    {
        public void Report(string value) => steps.Add(value);
    }
}
