using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Integrity;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.Holds;
using Governance.Projects;
using Governance.Tests.Ledger;

namespace Governance.Tests.Proofs.Simulation;

/// <summary>The steps. Each submits something real and answers a function that judges what came of it and moves the books.</summary>
sealed partial class Walk
{
    static readonly UsageOutcome[] endings = [UsageOutcome.Posted, UsageOutcome.Posted, UsageOutcome.Posted, UsageOutcome.Voided, UsageOutcome.Assumed];

    Func<string?> Reserve()
    {
        var (id, now) = (NextId(), Now);
        var call = new LedgerCall
        {
            Id = id,
            For = new Attribution
            {
                Project = Pick("project-0", "project-1", "project-2", "project-3"),
                Key = Pick("key-0", "key-1", "key-2"),
                Employee = Pick(null, "jo@example.com", "li@example.com"),
                Model = "claude-haiku-4-5",
                Vendor = Pick("anthropic", "openai"),
            },
            ModelAsked = "claude-haiku-4-5",
            Estimate = new Money(random.Next(12) switch { 0 => 0, 1 => 1, 2 => random.NextInt64(1, 500_000_000), _ => random.NextInt64(1, 20_000_000) }),
        };
        var lifetime = (long)store.Ledger.HoldLifetime.TotalMilliseconds;
        var work = store.Ledger.ReserveAsync(call, null, enforce: true, Refused);
        return () =>
        {
            var (reservation, wrong, failed) = Outcome(work);
            if (failed)
            {
                return wrong;
            }
            if (Ahead(call, now) is { } ahead)
            {
                return ahead;
            }
            var at = call.Id.At.ToUnixTimeMilliseconds();
            var refusing = books.Refusing(call.For, call.Estimate.Nanos, at);
            if (reservation.Refusal is { } refusal)
            {
                books.Refuse(call.Id.Value, at, call.For);
                ended.Add(call);
                return refusing.Contains(refusal.BudgetId) ? null : $"{refusal.BudgetId} refused {call.Estimate}; the books say {(refusing.Count == 0 ? "that it fits" : string.Join(" ", refusing))}";
            }
            if (refusing.Count > 0)
            {
                return $"I1: admitted {call.Estimate}, for which {string.Join(" and ", refusing)} had no room";
            }
            books.Reserve(new ExpectedHold(call.Id.Value, at, call.For, call.Estimate.Nanos, passed, journalNow + lifetime));
            open[call.Id.Value] = call;
            // Nor is it ever before a call that was admitted, should the wall clock have been set back since that got its id.
            journalNow = Math.Max(journalNow, at);
            var remaining = books.Remaining(call.For, at);
            return reservation.Remaining?.Nanos == remaining ? null : $"{reservation.Remaining} said to remain, the books say {remaining} nano-dollars";
        };
    }

    /// <summary>The end of an open call, as a provider brings it about: exact, nothing, unknown, or dearer than was held.</summary>
    Func<string?> Settle() => open.Count == 0 ? Reserve() : Deliver(open.Values.ElementAt(random.Next(open.Count)));

    /// <summary>The end of a call that may have ended before, in another way: nothing may change.</summary>
    Func<string?> Repeat() => ended.Count == 0 ? Settle() : Deliver(ended[random.Next(ended.Count)]);

    Func<string?> Deliver(LedgerCall call)
    {
        var outcome = Pick(endings);
        var cost = outcome switch
        {
            UsageOutcome.Voided => 0,
            UsageOutcome.Assumed => call.Estimate.Nanos,
            _ => random.Next(20) switch { 0 => call.Estimate.Nanos + random.NextInt64(0, 10_000_000), 1 => 0, 2 => call.Estimate.Nanos, _ => random.NextInt64(0, call.Estimate.Nanos + 1) },
        };
        var work = store.Ledger.SettleAsync(call, new CallResult
        {
            Outcome = outcome,
            Cost = new Money(cost),
            Flags = cost > call.Estimate.Nanos ? UsageFlags.Overrun : UsageFlags.None,
            Status = 200,
            End = "simulated",
        });
        return () =>
        {
            var (stands, wrong, failed) = Outcome(work);
            if (failed)
            {
                return wrong;
            }
            if (open.Remove(call.Id.Value))
            {
                books.Settle(call.Id.Value, cost, (int)outcome);
                ended.Add(call);
            }
            else if (books.Entries[call.Id.Value] is { Outcome: (int)UsageOutcome.Assumed or (int)UsageOutcome.Expired or (int)UsageOutcome.Refused, Corrected: null } bound
                && (cost > bound.Nanos || (outcome is not UsageOutcome.Assumed && bound.Outcome is not (int)UsageOutcome.Refused)))
            {
                // Exact at last, even where it comes to the same; another guess counts only where it saw more, and a refusal only where it was sent all the same.
                books.Correct(call.Id.Value, cost);
            }
            var expected = books.Entries[call.Id.Value];
            var entry = check.Entry(call.Id.Value);
            return stands.Nanos != expected.Stands ? $"I3: settling answered {stands.Nanos}, what stands is {expected.Stands}"
                : entry != (expected.Nanos, expected.Outcome) ? $"I3: the entry says {entry}, the books say {expected}"
                : null;
        };
    }

    /// <summary>The end of a call that nobody holds: it was paid for, so it is entered in full, and the trail is told.</summary>
    Func<string?> SettleNobody()
    {
        var now = Now;
        var call = new LedgerCall { Id = NextId(), For = new Attribution { Project = "project-0", Key = "key-0" }, ModelAsked = "none", Estimate = new Money(5) };
        var work = store.Ledger.SettleAsync(call, new CallResult { Outcome = UsageOutcome.Posted, Cost = new Money(5), End = "simulated" });
        return () =>
        {
            var (stands, wrong, failed) = Outcome(work);
            if (failed)
            {
                return wrong;
            }
            if (Ahead(call, now) is { } ahead)
            {
                return ahead;
            }
            books.Enter(call.Id.Value, call.Id.At.ToUnixTimeMilliseconds(), call.For, 5, (int)UsageOutcome.Posted);
            ended.Add(call);
            return stands.Nanos == 5 && check.Number($"SELECT COUNT(*) FROM audit WHERE action = '{LateSettlement.UnheldAction}' AND request_id = '{call.Id}'") == 1 ? null
                : $"I7: a call that nobody held was settled at {stands}, and the trail was not told once";
        };
    }

    string? Move(TimeSpan by)
    {
        TurnTo(Now + by);
        return null;
    }

    /// <summary>To within two milliseconds of a midnight somewhere: reservations before it and after it fall into different periods.</summary>
    string? ToBoundary()
    {
        var offset = TimeSpan.FromMinutes(ExpectedBooks.Offset(Pick("UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/Phoenix")));
        var local = Now.UtcDateTime + offset;
        var next = random.Next(3) == 0 ? new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1) : local.Date.AddDays(1);
        TurnTo(new DateTimeOffset(DateTime.SpecifyKind(next - offset, DateTimeKind.Utc)).AddMilliseconds(random.Next(-2, 3)));
        return null;
    }

    string? EditBudget()
    {
        var budget = Pick(books.Budgets.Values.ToArray());
        return SaveBudget(random.Next(7) switch
        {
            0 => budget with { Cap = new Money(budget.Cap.Nanos / 2) },
            1 => budget with { Cap = new Money(random.NextInt64(0, 600_000_000)) },
            2 => budget with { HardBlock = !budget.HardBlock },
            3 => budget with { Thresholds = Thresholds() },
            4 => budget with { Scope = Scope() },
            5 => budget with { Window = (BudgetWindow)random.Next(3) },
            _ => budget with { TimeZone = Pick("UTC", "Asia/Kolkata", "Pacific/Kiritimati", "America/Phoenix") },
        });
    }

    string? AddOrRetire()
    {
        var budget = Pick(books.Budgets.Values.ToArray());
        return SaveBudget(budget.Retired || random.Next(2) == 0 ? budget with { Retired = !budget.Retired }
            : books.Budgets.Count < 9 ? NewBudget(books.Budgets.Count) : budget with { Cap = new Money(random.NextInt64(0, 900_000_000)) });
    }

    string? SaveBudget(BudgetDefinition wanted)
    {
        try
        {
            var saved = store.Drive(store.Edits.SaveAsync(wanted, Actor.System));
            Tick();
            if (saved)
            {
                books.Save(wanted, journalNow);
            }
            return null;
        }
        catch (Exception) when (store.Faults.Struck > 0)
        {
            return null;
        }
    }

    /// <summary>What has outlived its time ends with its whole hold; nothing ends before it, and nothing stays that every clock calls dead.</summary>
    string? Expire()
    {
        var lifetime = (long)store.Ledger.HoldLifetime.TotalMilliseconds;
        var resolved = store.Drive(store.Get<HoldExpiry>().RunAsync());
        if (resolved > 0)
        {
            Tick();
        }
        var still = check.Holds();
        var gone = books.Holds.Values.Where(hold => !still.Contains(hold.Id)).ToList();
        if (gone.Count != resolved || gone.Any(hold => passed - hold.Passed < lifetime))
        {
            return $"I6: {resolved} holds expired, {gone.Count} are gone, of them {gone.Count(hold => passed - hold.Passed < lifetime)} before their time";
        }
        gone.ForEach(hold => Ends(hold, UsageOutcome.Expired));
        return books.Holds.Values.FirstOrDefault(hold => Jumps ? passed - hold.Passed > lifetime : hold.Expires <= Milliseconds) is { } immortal ? $"I6: hold {immortal.Id} is still open" : null;
    }

    /// <summary>The process ends with whatever it held, and another one starts; the store may refuse its first commits.</summary>
    string? Restart(int refusedCommits)
    {
        PutRight();
        return StartAgain(refusedCommits) ?? Unfounded() ?? LookAtFence();
    }

    string? StartAgain(int refusedCommits)
    {
        var newest = NewestEvent();
        store.Stop();
        for (; refusedCommits > 0; refusedCommits--)
        {
            try
            {
                store.Start(refusedCommits: 1);
                return "it started although its first commit was refused";
            }
            catch (Exception exception) when (exception is Microsoft.Data.Sqlite.SqliteException)
            {
                // The next start finds everything as it was.
            }
        }
        store.Start();
        journalNow = newest - Milliseconds > (long)LedgerTime.MaxStep.TotalMilliseconds ? Milliseconds : Math.Max(newest, Milliseconds);
        foreach (var hold in books.Holds.Values.ToList())
        {
            Ends(hold, UsageOutcome.Assumed);
        }
        return null;
    }

    string? Reconcile()
    {
        var report = store.Drive(store.Get<Reconciliation>().RunAsync(Actor.System));
        Tick();
        return report.Drifts.Count == 0 ? null : "I2: " + report.Sentence;
    }

    /// <summary>Somebody writes into a balance past the journal; the reconciliation puts it right and says by how much.</summary>
    string? Tamper()
    {
        var live = books.Budgets.Values.Where(budget => !budget.Retired).ToArray();
        if (live.Length == 0)
        {
            return null;
        }
        var (budget, by) = (Pick(live), random.Next(1, 1_000_000));
        var row = check.Number($"SELECT MAX(id) FROM balances WHERE budget_id = '{budget.Id}'");
        store.Journal.Gate.Wait();
        LedgerRig.Execute(store.Settings.WriteConnectionString, $"UPDATE balances SET posted_nanos = posted_nanos + {by} WHERE id = {row}");
        store.Journal.Gate.Release();
        var report = store.Drive(store.Get<Reconciliation>().RunAsync(Actor.System));
        Tick();
        if (report.Drifts is not [var drift] || drift.BudgetId != budget.Id || drift.Posted.Nanos != -by)
        {
            return $"I2: {by} nano-dollars were put into {budget.Id}; {report.Sentence}";
        }
        books.Claim(budget, drift.Period);
        return null;
    }

    void Ends(ExpectedHold hold, UsageOutcome outcome)
    {
        books.Settle(hold.Id, hold.Nanos, (int)outcome);
        open.Remove(hold.Id, out var call);
        ended.Add(call!);
    }

    static AuditEvent Refused(LedgerCall call, Reservation reservation) => new()
    {
        Chain = call.For.Project,
        Category = AuditCategory.Blocked,
        Action = "call.refused",
        Actor = new Actor(ActorKind.Key, call.For.Key),
        Project = call.For.Project,
        TargetKind = "budget",
        TargetId = reservation.Refusal!.BudgetId,
        RequestId = call.Id.ToString(),
        Sentence = "A call was refused.",
    };
}
