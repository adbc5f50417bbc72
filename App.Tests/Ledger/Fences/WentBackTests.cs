using Governance.Alerts;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Integrity.Checks;
using Governance.Integrity.Fences;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger;
using Governance.Ledger.Fences;
using Governance.Members;
using Governance.Pricing;
using Governance.Shell.Controls;
using Governance.Tests.Audit.Exports;
using Governance.Tests.Proofs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Tests.Ledger.Fences;

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

        Assert.False(await AgainAsync(second));
        await KeepAsync(first);
        Assert.Equal(mark, first.Get<LedgerMarkFile>().Read());
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

    /// <summary>The epoch that explains what is gone stands where other events were read before.</summary>
    [Fact]
    public async Task CheckpointsGoOnInTheSameProcess()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var rig = new LedgerRig(connection: connection);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var copy = PostgresServer.Shared.Copy(connection);
        await AgainAsync(rig);
        for (var number = 0; number < 5; number++)
        {
            await rig.Get<JournalWriter>().ChangeAsync(change =>
            {
                change.Append(DraftTrail.Told(AuditEvent.SystemChain, "test.told", "Something is told of the system.", new { number }));
                return true;
            });
        }
        var writer = rig.Get<CheckpointWriter>();
        var before = await writer.WriteAsync("asked");
        Assert.NotNull(before);

        PostgresServer.Shared.Replace(connection, copy);

        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.False(await AgainAsync(rig));
        var after = await writer.WriteAsync("asked");
        Assert.True(after is { Checkpoint.Epoch: 2 }, writer.Status.Failure);
        Assert.Equal(before.LineHash, after.Checkpoint.Previous);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null, rig.Get<CheckpointSettings>());
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task TheOverviewForgetsWhatIsGone()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var rig = new LedgerRig(connection: connection);
        await rig.SpendAsync(1m);
        var copy = PostgresServer.Shared.Copy(connection);
        for (var tries = 0; rig.Events("ledger.sealed").Count < 2; tries++)
        {
            // Once the connections stand again.
            await Record.ExceptionAsync(() => rig.SpendAsync(2m));
            Assert.True(tries < 5);
        }
        rig.Clock.Now += TimeSpan.FromMinutes(5);
        var tally = new SpendTally(rig.Get<Reads>(), rig.Clock);
        Assert.Equal(Money.FromUsd(3m), tally.Read().All.Cost);

        PostgresServer.Shared.Replace(connection, copy);

        Npgsql.NpgsqlConnection.ClearAllPools();
        Assert.False(await AgainAsync(rig));
        Assert.Equal(Money.FromUsd(1m), tally.Read().All.Cost);
    }

    /// <summary>What it wrote itself is still there: only the mark, or what it heard of the others, says that something is gone.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhoWroteNothingThatIsGoneFindsOutAllTheSame(bool byMark)
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var quiet = new LedgerRig(connection: connection);
        var busy = new LedgerRig(connection: connection);
        await quiet.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var copy = PostgresServer.Shared.Copy(connection);
        busy.Clock.Now += TimeSpan.FromSeconds(1);
        await AgainAsync(busy);
        await busy.SpendAsync(20m);
        using var watch = new InstanceWatch(quiet.Get<JournalWriter>(), quiet.Settings, quiet.Get<Feed>(), TimeProvider.System, NullLogger<InstanceWatch>.Instance);
        if (byMark)
        {
            await KeepAsync(quiet);
        }
        else
        {
            // It hears of the turn, as of everything that others commit.
            await watch.StartAsync(CancellationToken.None);
            var turn = (long)PostgresServer.Ask(connection, "SELECT sequence FROM journal_turn");
            await Eventually.IsTrueAsync(() => !quiet.Get<JournalWriter>().Saw(quiet.Get<JournalWriter>().StateOfStore, turn - 1));
        }
        await busy.DisposeAsync();

        PostgresServer.Shared.Replace(connection, copy);

        if (byMark)
        {
            await KeepAsync(quiet);
        }
        Assert.False(await AgainAsync(quiet));
        Assert.Single(quiet.Events(FenceTable.RaisedAction));
        await watch.StopAsync(CancellationToken.None);
    }

    /// <summary>Somebody who knows nothing of it has written so much since that the turn is beyond what was seen.</summary>
    [Fact]
    public async Task AnInstanceThatTheDatabaseNeverKnewFindsOutHoweverFarOthersHaveGoneOn()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var copy = PostgresServer.Shared.Copy(connection);
        await using var late = new LedgerRig(connection: connection);
        late.Clock.Now += TimeSpan.FromSeconds(1);
        await late.SpendAsync(20m);
        PostgresServer.Shared.Replace(connection, copy);
        await using var unaware = new LedgerRig(connection: connection);
        for (var version = 0; version < 20; version++)
        {
            await unaware.SaveAsync(LedgerRig.Budget($"filler-{version}", "50"));
        }
        Assert.Null(unaware.Get<FenceShelf>().Current);
        late.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.False(await AgainAsync(late));
        Assert.NotNull(late.Get<FenceShelf>().Current);
        unaware.Clock.Now += TimeSpan.FromSeconds(5);
        Assert.False(await AgainAsync(unaware));
    }

    /// <summary>Whoever comes when it is over stops nothing again, even where its first group is taken back.</summary>
    [Fact]
    public async Task WhoComesLateDoesNotStopWhatIsAcknowledgedAlready()
    {
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: connection);
        await using var second = new LedgerRig(connection: connection);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        second.Clock.Now += TimeSpan.FromSeconds(1);
        await second.SpendAsync(1m);
        var copy = PostgresServer.Shared.Copy(connection);
        await AgainAsync(first);
        await AgainAsync(second);
        for (var version = 0; version < 20; version++)
        {
            await second.SaveAsync(LedgerRig.Budget($"filler-{version}", "50"));
        }
        // What cannot be read does not keep calls from being stopped.
        System.IO.Directory.CreateDirectory(Path.Combine(first.Folder, "checkpoints"));
        await File.WriteAllTextAsync(Path.Combine(first.Folder, "checkpoints", "2026-11-22.checkpoints"), "garbage\n");
        await first.SaveAsync(LedgerRig.Budget("filler-20", "50"));

        PostgresServer.Shared.Replace(connection, copy);

        Assert.False(await AgainAsync(first));
        File.Delete(Path.Combine(first.Folder, "checkpoints", "2026-11-22.checkpoints"));
        first.Clock.Now += TimeSpan.FromMinutes(1);
        await first.Get<FenceLifting>().LiftAsync([], "acme", new Actor(ActorKind.Member, "maria@acme.test"), () => first.Call(1m).Id);
        second.Clock.Now = first.Clock.Now + TimeSpan.FromSeconds(1);
        await Assert.ThrowsAsync<JournalUnavailableException>(() => second.Get<JournalWriter>().ChangeAsync<bool>(_ => true));
        await Assert.ThrowsAsync<NotSupportedException>(() => second.Get<JournalWriter>().ChangeAsync<bool>(_ => throw new NotSupportedException()));
        Assert.True(await AgainAsync(second));
        Assert.True(await AgainAsync(first));
        Assert.Single(first.Events(FenceTable.RaisedAction));
    }

    /// <summary>Keeps the mark, once the connections stand again.</summary>
    static async Task KeepAsync(LedgerRig rig)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await rig.Get<LedgerMarkKeeper>().KeepAsync();
                return;
            }
            catch (Exception exception) when (exception is JournalUnavailableException or InvalidOperationException && tries < 10)
            {
                // As its loop does: with the next commit again.
            }
        }
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
