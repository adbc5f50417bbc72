using System.Globalization;
using Governance.Audit;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Projects;

namespace Governance.Tests.Proofs.Kills;

/// <summary>
/// A process to be killed: the product's ledger on a store that may be shared, many callers at once, and a log of every answer.
/// <c>App.Tests.dll ledger-driver connection log seed instance callers</c>.
/// </summary>
static class LedgerDriver
{
    public const string Command = "ledger-driver";
    public const int Projects = 30, Keys = 19;

    public static async Task RunAsync(string[] args)
    {
        var (connection, log) = (args[0], args[1]);
        var numbers = args[2..].Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
        var (seed, instance, callers) = (numbers[0], numbers[1], numbers[2]);
        await using var rooms = await DriverRooms.OpenAsync(connection);
        using var told = new DriverLog(log);
        using var stop = new CancellationTokenSource();
        var driver = new Driver(rooms.Get<SpendLedger>(), told, instance);
        await DriverRooms.AllAsync(
        [
            DriverRooms.OrdersAsync(_ => { }, stop),
            rooms.RecoverAsync(stop.Token),
            .. Enumerable.Range(0, callers).Select(caller => Task.Run(() => driver.CallAsync(new Random(seed + caller), stop.Token))),
        ]);
    }

    /// <summary>Fifty budgets, of which some are spent in the course of the proof and then refuse.</summary>
    public static IEnumerable<BudgetDefinition> Budgets() =>
    [
        Budget("all", [], 100_000_000_000_000),
        .. Enumerable.Range(0, Projects).Select(number => Budget($"project-{number}", [new ScopeTerm(ScopeKind.Project, $"project-{number}")], number % 2 == 0 ? 3_000_000L * (number + 1) : 100_000_000_000_000)),
        .. Enumerable.Range(0, Keys).Select(number => Budget($"key-{number}", [new ScopeTerm(ScopeKind.Key, $"key-{number}")], number % 3 == 0 ? 5_000_000L * (number + 1) : 100_000_000_000_000)),
    ];

    static BudgetDefinition Budget(string id, ScopeTerm[] scope, long cap) => new() { Id = id, Scope = scope, Cap = new Money(cap), Thresholds = [new Threshold(50, Email: false), new Threshold(90, Email: false)] };

    /// <summary>Reserves, settles, and delivers some settlements again.</summary>
    sealed class Driver(SpendLedger ledger, DriverLog told, int instance)
    {
        readonly Lock gate = new();
        long last;

        public async Task CallAsync(Random random, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var call = new LedgerCall
                {
                    Id = Next(),
                    For = new Attribution { Project = $"project-{random.Next(Projects)}", Key = $"key-{random.Next(Keys)}", Model = "claude-haiku-4-5", Vendor = "anthropic" },
                    ModelAsked = "claude-haiku-4-5",
                    Estimate = new Money(random.Next(1_000, 9_000)),
                };
                told.Wants(call.Id.Value, call.For.Project, call.For.Key, call.Estimate.Nanos);
                Reservation reservation;
                try
                {
                    reservation = await ledger.ReserveAsync(call, null, enforce: true, Refused);
                }
                catch (JournalUnavailableException)
                {
                    // Nothing of it was written, and nobody was told that it was.
                    await Task.Delay(100, CancellationToken.None);
                    continue;
                }
                if (reservation.Refusal is not null)
                {
                    told.Refused(call.Id.Value);
                    continue;
                }
                told.Held(call.Id.Value);
                var cost = random.Next(10) == 0 ? 0 : random.Next((int)call.Estimate.Nanos + 1);
                told.Ends(call.Id.Value, cost);
                var result = new CallResult { Outcome = cost == 0 ? UsageOutcome.Voided : UsageOutcome.Posted, Cost = new Money(cost), Status = 200, End = "driven" };
                var again = random.Next(20) == 0 ? DriverRooms.SettleAsync(ledger, call, result) : Task.FromResult(Money.Zero);
                told.Ended(call.Id.Value, (await DriverRooms.SettleAsync(ledger, call, result)).Nanos);
                await again;
            }
        }

        /// <summary>Ids of several instances never meet: each has a part of every millisecond.</summary>
        CallId Next()
        {
            lock (gate)
            {
                last = Math.Max(last + 1, CallId.FirstAt(DateTimeOffset.UtcNow).Value + ((long)instance << 18));
                return new CallId(last);
            }
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
}
