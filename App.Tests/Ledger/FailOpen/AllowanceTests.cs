using Governance.Ledger;
using Governance.Ledger.FailOpen;

namespace Governance.Tests.Ledger.FailOpen;

/// <summary>What a project may spend without the ledger is for a UTC day, however many outages and starts it has.</summary>
public sealed class AllowanceTests
{
    static readonly DateTimeOffset noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ASecondOutageOfADayBringsNoSecondAllowance()
    {
        await using var rig = new LedgerRig(now: noon);
        for (var outage = 0; outage < 3; outage++)
        {
            var call = rig.Call(0.30m);
            var admitted = await AdmitAsync(rig, call);
            Assert.Equal(outage < 2, admitted);
            if (admitted)
            {
                await rig.Get<OpenWindow>().EndAsync(call, Posted, null);
            }
            await rig.Get<OpenWindow>().ReplayAsync();
            Assert.Equal(0, rig.Get<OpenWindow>().Waiting);
        }
        Assert.True(await AdmitAsync(rig, rig.Call(0.10m)));
        Assert.False(await AdmitAsync(rig, rig.Call(0.01m)));
        // Another project has its own.
        Assert.True(await AdmitAsync(rig, rig.Call(0.70m, "other")));
    }

    [Fact]
    public async Task ANewStartBringsNoSecondAllowance()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-allowance-").FullName;
        try
        {
            await using (var rig = new LedgerRig(folder, now: noon))
            {
                Assert.True(await AdmitAsync(rig, rig.Call(0.60m)));
            }
            await using (var rig = new LedgerRig(folder, now: noon.AddHours(1)))
            {
                Assert.False(await AdmitAsync(rig, rig.Call(0.20m)));
                Assert.True(await AdmitAsync(rig, rig.Call(0.10m)));
            }
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task ANewDayBringsANewAllowance()
    {
        await using var rig = new LedgerRig(now: noon);
        Assert.True(await AdmitAsync(rig, rig.Call(0.70m)));
        rig.Clock.Now = noon.AddHours(12).AddMilliseconds(-1);
        Assert.False(await AdmitAsync(rig, rig.Call(0.01m)));
        var late = rig.Call(0.01m);
        rig.Clock.Now += TimeSpan.FromMilliseconds(1);
        Assert.True(await AdmitAsync(rig, rig.Call(0.70m)));
        Assert.False(await AdmitAsync(rig, rig.Call(0.01m)));
        // Which day counts is the call's own: one that came before midnight finds nothing there behind it either.
        Assert.False(await AdmitAsync(rig, late));
    }

    /// <summary>Processes may share the folder; each sees what the others took.</summary>
    [Fact]
    public async Task ProcessesThatShareTheFolderShareTheAllowance()
    {
        await using var rig = new LedgerRig(now: noon);
        var folder = Path.Combine(rig.Folder, "shared");
        LedgerCall[] calls = [.. Enumerable.Range(0, 10).Select(_ => rig.Call(0.10m))];
        var taken = await Task.WhenAll(calls.Select(call => Task.Run(async () => (await new AllowanceFile(folder).TryTakeAsync(call, Money.FromUsd(0.70m))).Taken)));
        Assert.Equal(7, taken.Count(took => took));
    }

    /// <summary>A torn line was never answered, and what stands behind it counts.</summary>
    [Fact]
    public async Task ATornLineTakesNothingWithIt()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-allowance-");
        await using var rig = new LedgerRig(now: noon);
        Assert.True((await new AllowanceFile(folder.FullName).TryTakeAsync(rig.Call(0.30m), Money.FromUsd(0.70m))).Taken);
        File.AppendAllText(folder.GetFiles().Single().FullName, "{\"nanos\":5,\"call\":1}\n{\"project\":\"chat-widget\",\"nanos\":-900000000,\"call\":1}\n{\"project\":\"chat-wid");
        Assert.True((await new AllowanceFile(folder.FullName).TryTakeAsync(rig.Call(0.30m), Money.FromUsd(0.70m))).Taken);
        Assert.Equal((false, Money.FromUsd(0.60m)), await new AllowanceFile(folder.FullName).TryTakeAsync(rig.Call(0.11m), Money.FromUsd(0.70m)));
        folder.Delete(recursive: true);
    }

    static CallResult Posted => new() { Outcome = UsageOutcome.Posted, Cost = Money.FromUsd(0.01m), Status = 200, End = "Completed" };

    static async Task<bool> AdmitAsync(LedgerRig rig, LedgerCall call) => (await rig.Get<OpenWindow>().AdmitAsync(call, Money.FromUsd(0.70m), null)).Refused is null;
}
