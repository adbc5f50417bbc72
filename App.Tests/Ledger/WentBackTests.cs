using Governance.Alerts;
using Governance.Audit;
using Governance.Ledger;
using Governance.Pricing;

namespace Governance.Tests.Ledger;

/// <summary>A PostgreSQL that is put back to an older state while instances run on it: what was spent since is forgotten, so nobody admits anything.</summary>
public sealed class WentBackTests
{
    static readonly MailSettings mail = new() { Host = "127.0.0.1", Port = 1, From = "governance@example.com", UseTls = false };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NobodyAdmitsAnythingUntilSomebodySaysWhatWasSpent(bool joinedLater)
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection, mail: mail);
        await using var other = new LedgerRig(connection: connection, mail: mail);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await first.SpendAsync(1m);
        var copy = PostgresServer.Shared.Copy(connection);
        await using var late = joinedLater ? new LedgerRig(connection: connection, mail: mail) : null;
        var second = late ?? other;
        second.Clock.Now += TimeSpan.FromSeconds(1);
        await AgainAsync(first);
        await AgainAsync(second);
        for (var version = 0; version < 20; version++)
        {
            await first.SaveAsync(LedgerRig.Budget($"filler-{version}", "50"));
        }
        await first.SpendAsync(44m);
        await first.Get<AlertReader>().PassAsync(CancellationToken.None);
        Assert.NotEmpty(await first.Get<MailQueries>().RecentAsync());
        await first.Get<LedgerMarkKeeper>().KeepAsync();
        var mark = first.Get<LedgerMarkFile>().Read();

        PostgresServer.Shared.Replace(connection, copy);

        // The first of its connections is found ended.
        await Assert.ThrowsAsync<InvalidOperationException>(first.Get<LedgerMarkKeeper>().KeepAsync);
        await first.Get<LedgerMarkKeeper>().KeepAsync();
        Assert.Equal(mark, first.Get<LedgerMarkFile>().Read());
        Assert.False(await AgainAsync(second));
        Assert.NotNull(second.Get<FenceShelf>().Current);
        Assert.False(await AgainAsync(first));
        Assert.Single(first.Events(FenceTable.RaisedAction));
        Assert.Contains("went back to an older state", first.Get<FenceShelf>().Current!.Reason, StringComparison.Ordinal);
        Assert.Equal(1_000_000_000, Assert.Single(first.Balances("chat-month")).PostedNanos);

        first.Clock.Now += TimeSpan.FromMinutes(1);
        second.Clock.Now = first.Clock.Now + TimeSpan.FromSeconds(1);
        await second.Get<FenceLifting>().LiftAsync([new SpentSince(Money.FromUsd(44m), "chat-widget")], "acme", new Actor(ActorKind.Member, "maria@acme.test"), () => second.Call(1m).Id);
        Assert.True(await AgainAsync(second));
        Assert.True(await AgainAsync(first));
        Assert.False(await first.HoldAsync(first.Call(10m)));
        Assert.Single(first.Events(FenceTable.RaisedAction));
        // The warning is another event by now, whatever number it has.
        await first.Get<AlertReader>().PassAsync(CancellationToken.None);
        Assert.NotEmpty(await first.Get<MailQueries>().RecentAsync());
        var report = await Verification.VerifyAsync(first.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    /// <summary>Holds a little, once the connection stands again. Answers whether it was admitted.</summary>
    static async Task<bool> AgainAsync(LedgerRig rig)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await rig.HoldAsync(rig.Call(0.01m));
            }
            catch (JournalUnavailableException) when (tries < 5)
            {
                rig.Clock.Now += TimeSpan.FromMilliseconds(10);
            }
        }
    }
}
