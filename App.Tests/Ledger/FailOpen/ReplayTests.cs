using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.FailOpen;

namespace Governance.Tests.Ledger.FailOpen;

public abstract class ReplayTests(Store store)
{
    /// <summary>The ledger was taken for unreachable, but the hold had arrived; or a process died between the replay and the end of its file.</summary>
    [Fact]
    public async Task AnEndThatOnlyTheOpenWindowKnowsCountsOnceForACallWhoseHoldIsThereAlready()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("month", "50"));
        var call = rig.Call(5m);
        Assert.True(await rig.HoldAsync(call));
        var ended = new WindowCall(call, null, new CallResult { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(7m), Flags = UsageFlags.Overrun, Status = 200, End = "Completed" }, null);
        for (var delivery = 0; delivery < 3; delivery++)
        {
            var work = new ReplayWork(rig.Get<SpendLedger>(), [ended]);
            rig.Get<JournalWriter>().Submit(work);
            Assert.Equal(0, await work.Committed);
        }
        var balance = Assert.Single(rig.Balances("month"));
        Assert.Equal((7_000_000_000, 0), (balance.PostedNanos, balance.HeldNanos));
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    /// <summary>What could not be read at the start, such as a file of another user, is shown, tried again, and counts then.</summary>
    [Fact]
    public async Task WhatCouldNotBeReadAtTheStartIsReadLater()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-window-").FullName;
        try
        {
            var window = Path.Combine(folder, "open-window");
            var hidden = Path.Combine(window, "window-0.jsonl");
            System.IO.Directory.CreateDirectory(window);
            // A link that leads to itself can be read by nobody.
            File.CreateSymbolicLink(hidden, hidden);
            await using var rig = new LedgerRig(folder, connection: store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null);
            var open = rig.Get<OpenWindow>();
            Assert.Equal([hidden], open.Unread);
            await rig.SaveAsync(LedgerRig.Budget("month", "50"));
            await open.ReadAgainAsync();
            Assert.Equal([hidden], open.Unread);

            File.Delete(hidden);
            using (var file = OpenWindowFile.Create(window))
            {
                file.Append(new WindowLine { Call = rig.Call(5m) }, durable: true);
                File.Move(file.Path, hidden);
            }
            await open.ReadAgainAsync();

            Assert.Equal(5_000_000_000, Assert.Single(rig.Balances("month")).PostedNanos);
            Assert.Empty(open.Unread);
            Assert.False(File.Exists(hidden));
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Its calls are counted once, however often it is read, and other files are read beside it.</summary>
    [Fact]
    public async Task AFileThatCannotBePutAsideStopsNoStart()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-window-").FullName;
        var database = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null;
        try
        {
            string stuck;
            await using (var rig = new LedgerRig(folder, connection: database))
            {
                await rig.SaveAsync(LedgerRig.Budget("month", "50"));
                stuck = Left(rig.Call(5m));
                File.AppendAllText(stuck, "no line of ours\n");
                System.IO.Directory.CreateDirectory(stuck + ".damaged");
                Left(rig.Call(2m));
            }
            for (var start = 0; start < 2; start++)
            {
                await using var rig = new LedgerRig(folder, connection: database);
                Assert.Equal(7_000_000_000, Assert.Single(rig.Balances("month")).PostedNanos);
                Assert.Equal([stuck], System.IO.Directory.GetFiles(Path.Combine(folder, "open-window")));
            }
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }

        string Left(LedgerCall call)
        {
            using var file = OpenWindowFile.Create(Path.Combine(folder, "open-window"));
            file.Append(new WindowLine { Call = call }, durable: true);
            return file.Path;
        }
    }
}

public sealed class ReplayTestsOnSqlite() : ReplayTests(Store.Sqlite);

public sealed class ReplayTestsOnPostgres() : ReplayTests(Store.Postgres);
