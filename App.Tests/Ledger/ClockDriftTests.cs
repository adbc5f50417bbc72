using Governance.Integrity.Checks;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>Clocks that go at another pace.</summary>
public sealed class ClockDriftTests(ClockMailHost mail) : ClockTrouble(mail)
{
    /// <summary>What an oscillator may be off by.</summary>
    const double Usual = 200e-6;

    /// <summary>What only a broken one is off by: five seconds an hour.</summary>
    const double Broken = 5 / 3600d;

    public static TheoryData<Clocks, double> Paces()
    {
        var data = new TheoryData<Clocks, double>();
        foreach (var who in Effort.Full ? Enum.GetValues<Clocks>() : [Clocks.AllHosts, Clocks.Everything])
        {
            foreach (var pace in Effort.Full ? (ReadOnlySpan<double>)[Usual, -Usual, Broken, -Broken] : who is Clocks.AllHosts ? [-Broken] : [Broken])
            {
                data.Add(who, pace);
            }
        }
        return data;
    }

    /// <summary>For eight hours, and where it may take long for a day, over the end of a month: every instance goes by the database's clock, whoever drifts, and midnight comes once for all of them.</summary>
    [Theory]
    [Trait(Effort.Trait, Effort.Lengthy)]
    [MemberData(nameof(Paces))]
    public async Task ClocksThatDriftAreOneClockForTheLedger(Clocks who, double pace)
    {
        var (midnight, around) = (november.AddHours(12), TimeSpan.FromHours(Effort.Times(4, 12)));
        await using var three = await FilledAsync(midnight - around);
        for (var host = 0; host < 3; host++)
        {
            three.Pace[host] = who is Clocks.AllHosts or Clocks.Everything || (who is Clocks.OneHost && host == 0) ? pace : 0;
        }
        three.DatabasePace = who is Clocks.Database or Clocks.Everything ? pace : 0;
        var granted = 0;
        for (var look = 0; three.Database.Told < midnight + around; look++)
        {
            // A running host looks every few seconds.
            await three.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10));
            var told = three.Database.Told;
            Assert.All(three.Living, at => Assert.InRange(three[at].Get<TimeProvider>().GetUtcNow() - told, TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(1.1)));
            if (await three.SpendAsync(look % 3, ByDay, 1m))
            {
                Assert.True(told >= midnight.AddSeconds(-1.1), $"A day's cap was granted again at {told:O}.");
                granted++;
            }
            Assert.False(told < midnight && await three.HoldAsync((look + 1) % 3, ByMonth, 3m));
        }
        // Meeting the cap of five refuses.
        Assert.Equal(4, granted);
        Assert.Equal([("2026-11-30", 4.5m), ("2026-12-01", 4m)], Spent(three, Day));
        Assert.Equal(("2026-11", 7.5m), Assert.Single(Spent(three, Month)));
        Assert.All(three.Living, at => Assert.DoesNotContain(three.Warnings(at), text => text.StartsWith("The clock was set", StringComparison.Ordinal)));
        var report = await Verification.VerifyAsync(three[0].Settings.ReadConnectionString, null, now: three.Database.Told);
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }
}
