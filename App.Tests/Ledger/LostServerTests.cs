using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>The server dies as in a power cut while it is written to, and comes back.</summary>
[Collection(Proofs.AloneCollection.Name)]
public sealed class LostServerTests
{
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task WhatWasAnsweredIsThereWhatWasRefusedIsNotAndTheJournalGoesOnByItself()
    {
        var server = new PostgresServer();
        try
        {
            await using var rig = new LedgerRig(connection: server.NewDatabase());
            await rig.SaveAsync(LedgerRig.Budget("chat-month", "1000000"));
            var acknowledged = new List<long>();
            var refused = new List<long>();
            var number = 0;
            for (var round = 0; round < Proofs.Effort.Times(4, 40); round++)
            {
                using var stop = new CancellationTokenSource();
                var load = Enumerable.Range(0, 24).Select(_ => Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        var call = rig.Call(1m) with { Id = new CallId(CallId.FirstAt(rig.Clock.Now).Value + Interlocked.Increment(ref number)) };
                        try
                        {
                            Assert.True(await rig.HoldAsync(call));
                            lock (acknowledged)
                            {
                                acknowledged.Add(call.Id.Value);
                            }
                        }
                        catch (JournalUnavailableException)
                        {
                            lock (refused)
                            {
                                refused.Add(call.Id.Value);
                            }
                            await Task.Delay(20);
                        }
                    }
                })).ToList();
                await Task.Delay(Random.Shared.Next(100, 500));
                server.Kill();
                await Task.Delay(Random.Shared.Next(50, 300));
                server.Restart();
                var until = acknowledged.Count + 50;
                await Eventually.ReadAsync(() => { lock (acknowledged) { return acknowledged.Count; } }, count => count >= until);
                await stop.CancelAsync();
                await Task.WhenAll(load);
                Assert.True(acknowledged.Count >= until, "The journal did not go on after the server came back.");
            }
            Npgsql.NpgsqlConnection.ClearAllPools();
            using var db = rig.Get<Reads>().Open();
            Assert.Equal(acknowledged.Order(), db.Holds.Select(hold => hold.Id).OrderBy(id => id).ToList());
            Assert.NotEmpty(refused);
            Assert.Equal(acknowledged.Count * 1_000_000_000L, Assert.Single(rig.Balances("chat-month")).HeldNanos);
            var report = await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null);
            Assert.True(report.IsClean, string.Join('\n', report.Findings));
        }
        finally
        {
            server.Stop();
        }
    }
}
