using Governance.Journal;
using Governance.Tests.Audit;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Journal;

/// <summary>The order in which rooms take part in the journal is stated, and no by-product of the order in which they are registered.</summary>
public sealed class JournalPhaseTests
{
    [Fact]
    public async Task EveryRoomHasItsPhase()
    {
        await using var host = new PeopleHost();
        using var anybody = host.CreateClient();
        Assert.Equal(
        [
            "Guard StoreWatch",
            "Definitions BudgetShelf", "Definitions DirectoryShelf", "Definitions PolicyShelf", "Definitions PriceShelf", "Definitions UpstreamShelf",
            "Balances BalanceTable",
            "Fences FenceShelf",
            "Recovery HoldRecovery",
            "Replay OpenWindow",
            "Numbering CallIdStart",
            "Seal LedgerSeal",
            "Reporting CallLog", "Reporting UsageCounts",
        ], host.Services.GetRequiredService<JournalWriter>().Listeners.OrderBy(listener => listener.Phase).ThenBy(listener => listener.GetType().Name, StringComparer.Ordinal)
            .Select(listener => $"{listener.Phase} {listener.GetType().Name}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task HoweverTheyAreRegisteredEveryHookGoesByTheirPhases(int seed)
    {
        var heard = new List<(string Hook, JournalPhase Phase)>();
        var listeners = Enum.GetValues<JournalPhase>().Select(phase => new Recorder(phase, heard)).ToArray();
        new Random(seed).Shuffle(listeners);
        await using var trail = new Trail([.. listeners]);
        AssertWalks(heard, "start", "before commit", "after commit");

        await trail.Journal.ChangeAsync(change => true);
        // What a change brings is in force before anybody is told of the commit: who is woken by a listener decides by it.
        AssertWalks(heard, "prepare", "before commit", "swap", "after commit");

        await Assert.ThrowsAsync<InvalidOperationException>(() => trail.Journal.ChangeAsync<bool>(_ => throw new InvalidOperationException("a test")));
        AssertWalks(heard, "rollback");
    }

    static void AssertWalks(List<(string Hook, JournalPhase Phase)> heard, params string[] hooks)
    {
        Assert.Equal(from hook in hooks from phase in Enum.GetValues<JournalPhase>() select (hook, phase), heard);
        heard.Clear();
    }

    sealed class Recorder(JournalPhase phase, List<(string Hook, JournalPhase Phase)> heard) : JournalListener
    {
        public override JournalPhase Phase => phase;

        public override void Start(Change change) => heard.Add(("start", phase));

        public override Action? Prepare(Change change)
        {
            heard.Add(("prepare", phase));
            return () => heard.Add(("swap", phase));
        }

        public override void BeforeCommit(JournalTransaction transaction) => heard.Add(("before commit", phase));

        public override void AfterCommit() => heard.Add(("after commit", phase));

        public override void AfterRollback() => heard.Add(("rollback", phase));
    }
}
