using Governance.Audit;
using Governance.Budgets.Balances;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Holds;
using Governance.Tests.Ledger;

namespace Governance.Tests.Integrity;

/// <summary>A balance that says less than the ledger keeps no call from ending and no process from starting.</summary>
public abstract class WrongBalanceTests(Store store)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARowThatForgotAHoldIsPutRightWhenTheCallEnds(bool settled)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-wrong-balance-").FullName;
        var connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null;
        try
        {
            Governance.Ledger.LedgerCall call;
            await using (var rig = new LedgerRig(folder, store: store, connection: connection))
            {
                await rig.SaveAsync(LedgerRig.Budget("month", "50"));
                call = rig.Call(5m);
                Assert.True(await rig.HoldAsync(call));
                if (settled)
                {
                    await rig.Get<JournalWriter>().ChangeAsync(change =>
                    {
                        change.Transaction.Prepare("UPDATE balances SET held_nanos = 0").Run();
                        rig.Get<BalanceTable>().Clear();
                        return true;
                    });
                    await rig.SettleAsync(call, 2m);
                    Assert.Equal((2m, 0m), Standing(rig));
                    Assert.Single(rig.Events("ledger.drift_corrected"));
                    return;
                }
                await rig.Get<JournalWriter>().ChangeAsync(change => change.Transaction.Prepare("UPDATE balances SET held_nanos = 0").Run());
            }
            await using (var rig = new LedgerRig(folder, now: new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero), store: store, connection: connection))
            {
                // On PostgreSQL a job resolves what a dead instance held; on a file the start has done it.
                await rig.Get<InstanceRecovery>().RunAsync();
                Assert.Equal((5m, 0m), Standing(rig));
                Assert.Single(rig.Events("ledger.drift_corrected"));
                Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
            }
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Less than nothing in the row would be room that is not there, or no admission at all.</summary>
    [Theory]
    [InlineData(-30, true)]
    [InlineData(-30, false)]
    [InlineData(-1, true)]
    public async Task ARowThatHoldsLessThanNothingIsPutRightWhenACallComes(int usd, bool enforce)
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("month", "50"));
        await rig.SpendAsync(10m);
        Assert.True(await rig.HoldAsync(rig.Call(20m)));
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Transaction.Prepare("UPDATE balances SET held_nanos = ?1").Bind(1, usd * 1_000_000_000L).Run();
            rig.Get<BalanceTable>().Clear();
            return true;
        });
        // 10 are spent and 20 are held: 19 more fit, 20 do not.
        if (enforce)
        {
            Assert.False(await rig.HoldAsync(rig.Call(20m)));
        }
        else
        {
            var free = await rig.Get<SpendLedger>().ReserveAsync(rig.Call(1m), null, enforce: false, (_, _) => throw new InvalidOperationException());
            Assert.Equal(19m, free.Remaining!.Value.Usd);
        }
        Assert.Equal((10m, enforce ? 20m : 21m), Standing(rig));
        Assert.Single(rig.Events("ledger.drift_corrected"));
        Assert.True(await rig.HoldAsync(rig.Call(18m)));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    /// <summary>Some stores cut a text at a NUL and some refuse it: what was hashed must be what is kept.</summary>
    [Fact]
    public async Task TextsWithANulKeepTheTrailWhole()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Append(new AuditEvent
            {
                Chain = "chat\0widget",
                Category = AuditCategory.System,
                Action = "call.refused",
                Actor = new Actor(ActorKind.Key, "key\0"),
                Project = "chat\0widget",
                TargetKind = "call",
                TargetId = "\0",
                Sentence = "A tool\0type was refused.",
            });
            return true;
        });
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, report.Sentence);
        Assert.Contains(rig.Events("call.refused"), told => told.Sentence == "A tool\uFFFDtype was refused.");
    }

    static (decimal Posted, decimal Held) Standing(LedgerRig rig)
    {
        var row = Assert.Single(rig.Balances("month"));
        return (row.PostedNanos / 1_000_000_000m, row.HeldNanos / 1_000_000_000m);
    }
}

public sealed class WrongBalanceTestsOnSqlite() : WrongBalanceTests(Store.Sqlite);

public sealed class WrongBalanceTestsOnPostgres() : WrongBalanceTests(Store.Postgres);
