using Governance.Audit;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Ledger.Fences;
using Governance.Pricing;
using Governance.Shell.Controls;
using Governance.Tests.Ledger;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Integrity.Fences;

/// <summary>What a person reads before calls are taken again.</summary>
public sealed class AcknowledgementTests
{
    [Fact]
    public async Task TheChoiceOfHowSpendIsSpreadStandsOnThePage()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));
        var page = await owner.GetStringAsync(new Uri("/dashboard/settings/integrity", UriKind.Relative));
        Assert.Contains("share of its last traffic", page, StringComparison.Ordinal);
        Assert.Contains("Amounts that I know", page, StringComparison.Ordinal);
        Assert.Contains("narrower budgets do not count it", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTrafficEveryProjectCountsTheSame()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change => FenceTable.Raise(change.Transaction, "a test.", null, Actor.System));
        var acknowledgement = host.Services.GetRequiredService<Acknowledgement>();
        var (plan, problem) = await acknowledgement.PlanAsync(Money.FromUsd(2m), []);
        Assert.Null(problem);
        Assert.Contains("every project counts the same", plan!.How, StringComparison.Ordinal);
        Assert.Equal([("playground", Money.FromUsd(2m), "anthropic")], plan.Parts.Select(part => (part.Project, part.Amount, part.Vendor)));
        Assert.NotNull((await acknowledgement.PlanAsync(Money.FromUsd(2m), [new ProjectPart("nobody", Money.FromUsd(2m))])).Problem);
        Assert.NotNull((await acknowledgement.PlanAsync(Money.FromUsd(-1m), [])).Problem);
        Assert.NotNull((await acknowledgement.PlanAsync(Money.FromUsd(2_000_000_000m), [])).Problem);
        Assert.Empty((await acknowledgement.PlanAsync(Money.Zero, [])).Plan!.Parts);
        Assert.Contains("$2.00", await acknowledgement.EnterAsync(plan, Actor.System), StringComparison.Ordinal);
        Assert.Null(await acknowledgement.EnterAsync(plan, Actor.System));
    }

    [Fact]
    public void WhileTheProcessGoesByAClockThatWasSetNobodyCanSayThatItIsRight()
    {
        var machine = new SetClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        var time = new LedgerTime(isShared: false, machine, () => TimeSpan.Zero);
        Assert.Null(Acknowledgement.ClockProblem(time));
        machine.Step(TimeSpan.FromDays(31));
        machine.Now += TimeSpan.FromMinutes(1);
        time.GetUtcNow();
        Assert.Contains("744 hours", Acknowledgement.ClockProblem(time), StringComparison.Ordinal);
        Assert.Contains("Start it again", Acknowledgement.ClockProblem(time), StringComparison.Ordinal);
    }
}
