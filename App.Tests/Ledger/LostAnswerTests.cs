using System.Net;
using System.Net.Sockets;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.FailOpen;
using Npgsql;

namespace Governance.Tests.Ledger;

/// <summary>The connection is cut at a commit: before the server has it, or after it but before its answer.</summary>
public sealed class LostAnswerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACommitThatNobodyAnsweredIsLookedUpBeforeAnybodyIsAnswered(bool arrives)
    {
        var direct = PostgresServer.Shared.NewDatabase();
        using var way = new CutWay(direct);
        await using var rig = new LedgerRig(connection: way.Connection);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        for (var round = 1; round <= 5; round++)
        {
            Assert.True(await rig.HoldAsync(rig.Call(1m)));
            way.CutAtCommit(arrives);
            var call = rig.Call(1m);
            if (arrives)
            {
                Assert.True(await rig.HoldAsync(call));
            }
            else
            {
                await Assert.ThrowsAsync<JournalUnavailableException>(() => rig.HoldAsync(call));
            }
            Assert.Equal(round, way.Cuts);
            using var db = rig.Get<Reads>().Open();
            Assert.Equal(arrives, db.Holds.Any(hold => hold.Id == call.Id.Value));
            Assert.Equal(db.Holds.Sum(hold => hold.HeldNanos), db.Balances.Single().HeldNanos);
        }
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    /// <summary>Nobody can be asked whether the hold was written, so the call is refused; once the store answers again its hold is voided, and not counted as spent when its time is over.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatWasRefusedBecauseNobodyKnewIsVoidedWhenTheStoreAnswersAgain(bool arrives)
    {
        using var way = new CutWay(PostgresServer.Shared.NewDatabase());
        await using var rig = new LedgerRig(connection: way.Connection, askingLimit: TimeSpan.FromSeconds(1));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        Assert.True(await rig.HoldAsync(rig.Call(2m)));
        way.CutAtCommit(arrives, closes: true);
        var call = rig.Call(1m);
        var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => rig.HoldAsync(call));
        Assert.True(refused.MayBeWritten);
        // As the gateway does for a call that it does not send.
        rig.Get<SpendLedger>().VoidUnsent(call);
        way.Closed = false;
        await UntilAsync(rig, db => db.Balances.Single().HeldNanos == 2_000_000_000 && db.Holds.Count() == 1);
        using var db = rig.Get<Reads>().Open();
        Assert.False(db.Holds.Any(hold => hold.Id == call.Id.Value));
        // A call that never was held is unknown to the ledger, and no entry says otherwise.
        Assert.Equal(arrives ? [UsageOutcome.Voided] : [], db.Usage.Where(row => row.Id == call.Id.Value).Select(row => row.Outcome).ToArray());
        Assert.Equal(0, db.Balances.Single().PostedNanos);
        var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    /// <summary>A call that went out past the ledger after all is never voided, whoever asks for it.</summary>
    [Fact]
    public async Task ACallThatWentOutOnItsAllowanceKeepsItsBill()
    {
        await using var rig = new LedgerRig(store: Store.Postgres);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        var (held, ended) = (rig.Call(1m) with { FailOpen = true }, rig.Call(2m) with { FailOpen = true });
        var replay = new ReplayWork(rig.Get<SpendLedger>(), [new WindowCall(held, null, null, null), new WindowCall(ended, null, new CallResult { Outcome = UsageOutcome.Assumed, Cost = Money.FromUsd(2m), End = "process_ended" }, null)]);
        rig.Get<JournalWriter>().Submit(replay);
        await replay.Committed;
        foreach (var call in (LedgerCall[])[held, ended])
        {
            rig.Get<SpendLedger>().VoidUnsent(call);
        }
        Assert.True(await rig.HoldAsync(rig.Call(4m)));
        var balance = Assert.Single(rig.Balances("chat-month"));
        Assert.Equal((2_000_000_000, 5_000_000_000), (balance.PostedNanos, balance.HeldNanos));
    }

    /// <summary>Whoever was not in the commit that nobody answered knows that nothing was written.</summary>
    [Fact]
    public async Task WhoeverWaitedBehindIsToldThatNothingWasWritten()
    {
        using var way = new CutWay(PostgresServer.Shared.NewDatabase());
        await using var rig = new LedgerRig(connection: way.Connection, askingLimit: TimeSpan.FromSeconds(3));
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000"));
        way.CutAtCommit(arrives: true, closes: true);
        var first = rig.HoldAsync(rig.Call(1m));
        await Eventually.IsTrueAsync(() => way.Cuts > 0);
        var refused = await Assert.ThrowsAsync<JournalUnavailableException>(() => rig.HoldAsync(rig.Call(1m)));
        Assert.False(refused.MayBeWritten);
        Assert.True((await Assert.ThrowsAsync<JournalUnavailableException>(() => first)).MayBeWritten);
        way.Closed = false;
    }

    static Task UntilAsync(LedgerRig rig, Func<GovernanceDb, bool> wanted) => Eventually.IsTrueAsync(() =>
    {
        using var db = rig.Get<Reads>().Open();
        return wanted(db);
    });

    /// <summary>Stands between the journal and the server, and cuts the way at the next COMMIT when it is told to.</summary>
    sealed class CutWay : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly NpgsqlConnectionStringBuilder server;
        int order;
        int cuts;

        public CutWay(string connection)
        {
            server = new NpgsqlConnectionStringBuilder(connection);
            listener.Start();
            _ = AcceptAsync();
        }

        public string Connection => new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.ConnectionString;

        public int Cuts => Volatile.Read(ref cuts);

        /// <summary>While it is, nobody gets through.</summary>
        public volatile bool Closed;
        volatile bool closes;

        /// <param name="closes">Whether the way stays closed behind the cut.</param>
        public void CutAtCommit(bool arrives, bool closes = false)
        {
            this.closes = closes;
            Volatile.Write(ref order, arrives ? 2 : 1);
        }

        public void Dispose() => listener.Dispose();

        async Task AcceptAsync()
        {
            while (true)
            {
                try
                {
                    var client = await listener.AcceptTcpClientAsync();
                    if (Closed)
                    {
                        client.Close();
                        continue;
                    }
                    _ = CarryAsync(client);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        async Task CarryAsync(TcpClient client)
        {
            using (client)
            using (var upstream = new TcpClient())
            {
                await upstream.ConnectAsync(server.Host!, server.Port);
                var answers = new StrongBox();
                var back = CopyAsync(upstream, client, answers);
                var buffer = new byte[65536];
                try
                {
                    for (int read; (read = await client.GetStream().ReadAsync(buffer)) > 0;)
                    {
                        var cut = buffer.AsSpan(0, read).IndexOf("COMMIT\0"u8) >= 0 ? Interlocked.Exchange(ref order, 0) : 0;
                        if (cut == 2)
                        {
                            answers.Swallow = true;
                        }
                        if (cut != 1)
                        {
                            await upstream.GetStream().WriteAsync(buffer.AsMemory(0, read));
                        }
                        if (cut != 0)
                        {
                            if (cut == 2)
                            {
                                await answers.Swallowed.Task;
                            }
                            Interlocked.Increment(ref cuts);
                            Closed = closes;
                            break;
                        }
                    }
                }
                catch (IOException)
                {
                    // One side has gone.
                }
                client.Close();
                upstream.Close();
                await back;
            }
        }

        static async Task CopyAsync(TcpClient from, TcpClient to, StrongBox answers)
        {
            var buffer = new byte[65536];
            try
            {
                for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
                {
                    if (answers.Swallow)
                    {
                        answers.Swallowed.TrySetResult();
                        return;
                    }
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One side has gone.
            }
        }

        sealed class StrongBox
        {
            public volatile bool Swallow;
            public TaskCompletionSource Swallowed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
