using Governance.Budgets;
using Governance.Tests.Proofs;

namespace Governance.Tests.Ledger;

/// <summary>Random programs of four clocks: three hosts' and the database's.</summary>
public sealed class ClockProgramTests(ClockMailHost mail) : ClockTrouble(mail)
{
    const int Steps = 40;

    /// <summary>Most milliseconds that a clock stays wrong: one that stands for longer may be right.</summary>
    const int WrongFor = 45_000;

    /// <summary>GOVERNANCE_CLOCK_SEED replays one.</summary>
    [Fact]
    public async Task WhateverFourClocksDoTheCapsOfTheRightPeriodHold()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("GOVERNANCE_CLOCK_SEED"), out var one) ? [one] : Enumerable.Range(1, Effort.Times(1, 50)).ToArray();
        foreach (var seed in seeds)
        {
            try
            {
                await RunProgramAsync(new Random(seed));
            }
            catch (Exception exception)
            {
                Assert.Fail($"GOVERNANCE_CLOCK_SEED={seed}: {exception}");
            }
            if (seed % 10 == 0)
            {
                Progress.Say($"clock programs: {seed} of {seeds.Length}");
            }
        }
    }

    /// <summary>From some minutes before the end of a month to some minutes after it, in which every clock is wrong again and again.</summary>
    static async Task RunProgramAsync(Random random)
    {
        await using var three = new ThreeInstances(november.AddHours(12).AddSeconds(-random.Next(60, 180)));
        three.Start();
        await three[0].SaveAsync(LedgerRig.Budget(Month, "10", ByMonth));
        await three[0].SaveAsync(LedgerRig.Budget(Day, "5", ByDay) with { Window = BudgetWindow.CalendarDay });
        Array.ForEach([0, 1, 2], host => three.Pace[host] = (random.NextDouble() - 0.5) * 400e-6);
        var wrong = new (TimeSpan By, TimeSpan For)[4];
        var spent = new Dictionary<(string Project, bool IsOver), decimal>();
        var midnight = november.AddHours(12);
        for (var step = 0; step < Steps; step++)
        {
            Set(three, wrong, random);
            await PassAsync(three, wrong, TimeSpan.FromMilliseconds(random.Next(1, 9_000)));
            Assert.All(three.Living, at => Assert.InRange(three.Error(at), TimeSpan.FromSeconds(-1.6), TimeSpan.FromSeconds(1.6)));
            if ((three.Now - midnight).Duration() < TimeSpan.FromSeconds(2))
            {
                continue;
            }
            var (project, cap) = random.Next(2) == 0 ? (ByMonth, 10m) : (ByDay, 5m);
            var (usd, known) = (random.Next(1, 200) / 100m, (project, three.Now > midnight));
            var before = spent.GetValueOrDefault(known);
            var admitted = await three.SpendAsync(random.Next(3), project, usd);
            Assert.True(admitted == before + usd < cap, $"{usd} on {before} of {cap} was {(admitted ? "admitted" : "refused")} at {three.Now:O}");
            spent[known] = before + (admitted ? usd : 0);
        }
        for (var clock = 0; clock < wrong.Length; clock++)
        {
            PutRight(three, wrong, clock);
        }
        await three.PassAsync(soon);
        Assert.All(three.Living, at => Assert.InRange(three.Error(at), TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(1.1)));
        foreach (var (budget, project, periods) in (ReadOnlySpan<(string, string, string[])>)[(Month, ByMonth, ["2026-11", "2026-12"]), (Day, ByDay, ["2026-11-30", "2026-12-01"])])
        {
            var expected = periods.Select((period, at) => (period, spent.GetValueOrDefault((project, at == 1)))).Where(sum => sum.Item2 != 0);
            Assert.Equal(expected, Spent(three, budget));
        }
        var report = await three.VerifyAsync();
        Assert.True(report.IsClean, string.Join('\n', report.Findings));
    }

    /// <summary>Now and then a hand sets a clock, or several: by anything from a millisecond to forty days.</summary>
    static void Set(ThreeInstances three, (TimeSpan By, TimeSpan For)[] wrong, Random random)
    {
        for (var clock = 0; clock < wrong.Length; clock++)
        {
            if (wrong[clock].By == TimeSpan.Zero && random.Next(4) == 0)
            {
                var by = TimeSpan.FromMilliseconds(Math.Floor(Math.Pow(10, random.NextDouble() * Math.Log10(TimeSpan.FromDays(40).TotalMilliseconds)))) * (random.Next(2) == 0 ? 1 : -1);
                wrong[clock] = (by, TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 200 : random.Next(1, WrongFor)));
                Turn(three, clock, by);
            }
        }
    }

    /// <summary>Time passes, in which each clock is put right when it is due.</summary>
    static async Task PassAsync(ThreeInstances three, (TimeSpan By, TimeSpan For)[] wrong, TimeSpan time)
    {
        while (time > TimeSpan.Zero)
        {
            var step = wrong.Where(one => one.By != TimeSpan.Zero).Select(one => one.For).Append(time).Min();
            await three.PassAsync(step);
            time -= step;
            for (var clock = 0; clock < wrong.Length; clock++)
            {
                wrong[clock].For -= step;
                if (wrong[clock].For <= TimeSpan.Zero)
                {
                    PutRight(three, wrong, clock);
                }
            }
        }
    }

    static void PutRight(ThreeInstances three, (TimeSpan By, TimeSpan For)[] wrong, int clock)
    {
        Turn(three, clock, -wrong[clock].By);
        wrong[clock] = default;
    }

    static void Turn(ThreeInstances three, int clock, TimeSpan by)
    {
        if (clock == 3)
        {
            three.Database.Move(by);
        }
        else
        {
            three.JumpHost(clock, by);
        }
    }
}
