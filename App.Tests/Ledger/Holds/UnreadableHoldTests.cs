using Governance.Audit;
using Governance.Integrity;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger.Holds;

namespace Governance.Tests.Ledger.Holds;

/// <summary>A hold whose call was damaged: whose it is cannot be known, so it is held everywhere, and the others are resolved.</summary>
public abstract class UnreadableHoldTests(Store store) : IDisposable
{
    readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("governance-unreadable-");
    readonly string? database = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null;

    [Theory]
    [InlineData("'not json'")]
    [InlineData("'null'")]
    [InlineData("'{}'")]
    [InlineData("replace(call, '\"project\":\"chat-widget\"', '\"project\":null')")]
    [InlineData("(SELECT other.call FROM holds other WHERE other.held_nanos = 1000000000)")]
    public async Task ItStopsNeitherAStartNorTheRecoveryOfTheOthers(string damage)
    {
        await using (var before = Rig())
        {
            await before.SaveAsync(LedgerRig.Budget("chat-month", "10"));
            await before.SaveAsync(LedgerRig.Budget("all-month", "100", project: null));
            foreach (var usd in (decimal[])[1m, 2m, 4m])
            {
                Assert.True(await before.HoldAsync(before.Call(usd)));
            }
            before.Tamper($"UPDATE holds SET call = {damage} WHERE held_nanos = 2000000000");
        }
        await using var rig = Rig(minutes: 1);
        using var db = rig.Get<Reads>().Open();
        Assert.Equal(2_000_000_000, Assert.Single(db.Holds).HeldNanos);
        var balance = Assert.Single(rig.Balances("chat-month"));
        Assert.Equal((5_000_000_000, 2_000_000_000), (balance.PostedNanos, balance.HeldNanos));
        Assert.Empty((await rig.Get<Reconciliation>().RunAsync(Actor.System)).Drifts);
        Assert.Equal(0, await rig.Get<HoldExpiry>().RunAsync());
        Assert.False(await rig.HoldAsync(rig.Call(3.5m)));
        Assert.True(await rig.HoldAsync(rig.Call(2.5m)));
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.Contains(report.Findings, finding => finding.Message.Contains("cannot be read", StringComparison.Ordinal) || finding.Message.Contains("does not hold what", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OthersExpireBesideIt()
    {
        await using var rig = Rig();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "10"));
        Assert.True(await rig.HoldAsync(rig.Call(2m)));
        Assert.True(await rig.HoldAsync(rig.Call(1m)));
        rig.Tamper("UPDATE holds SET call = 'not json' WHERE held_nanos = 2000000000");
        rig.Clock.Now = rig.Clock.Now.AddHours(4);
        Assert.Equal(1, await rig.Get<HoldExpiry>().RunAsync());
        var balance = Assert.Single(rig.Balances("chat-month"));
        Assert.Equal((1_000_000_000, 2_000_000_000), (balance.PostedNanos, balance.HeldNanos));
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    LedgerRig Rig(int minutes = 0) => new(folder.FullName, now: new DateTimeOffset(2026, 11, 22, 12, minutes, 0, TimeSpan.Zero), connection: database);
}

/// <inheritdoc/>
public sealed class UnreadableHoldTestsOnSqlite() : UnreadableHoldTests(Store.Sqlite);

/// <inheritdoc/>
public sealed class UnreadableHoldTestsOnPostgres() : UnreadableHoldTests(Store.Postgres);
