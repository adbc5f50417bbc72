// Types that are marked [Pure] and break their word. PurityTests expects each by name.
#pragma warning disable CA5394

using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Governance.Planted.Decisions;

sealed class Store;

sealed record Row(int Id);

enum Answer { Yes, No }

[Pure]
static class KeepsItsWord
{
    public static Answer Decide(Row row, DateTimeOffset now) =>
        Enumerable.Range(0, row.Id).Select(day => now.AddDays(day)).Any(day => day.Day == row.Id) ? Answer.Yes : Answer.No;
}

[Pure]
static class AsksTheClock { public static DateTimeOffset Decide() => DateTimeOffset.UtcNow; }

[Pure]
static class AsksTheLocalClock { public static DateTime Decide() => DateTime.Now; }

[Pure]
static class AsksTheTicks { public static long Decide() => Environment.TickCount64; }

[Pure]
static class AsksTheStopwatch { public static long Decide() => Stopwatch.GetTimestamp(); }

[Pure]
static class HoldsTheClock { public static TimeProvider? Decide(TimeProvider? clock) => clock; }

[Pure]
static class AsksTheClockLater { public static Func<Task<DateTime>> Decide() => async () => { await Task.Yield(); return DateTime.UtcNow; }; }

[Pure]
static class MakesIds { public static Guid Decide() => Guid.NewGuid(); }

[Pure]
static class RollsDice { public static int Decide() => Random.Shared.Next(); }

[Pure]
static class RollsStrongDice { public static int Decide() => RandomNumberGenerator.GetInt32(6); }

[Pure]
static class ReadsFiles { public static string Decide() => File.ReadAllText("/dev/null"); }

[Pure]
static class CallsOut { public static string Decide() => System.Net.Dns.GetHostName(); }

[Pure]
static class KnowsTheWeb { public static string Decide(HttpContext context) => context.TraceIdentifier; }

[Pure]
static class KnowsTheDatabase { public static bool Decide(DbContext context) => context is not null; }

[Pure]
static class Logs { public static void Decide(ILogger log) => _ = log; }

[Pure]
static class CallsAStore { public static object Decide() => new Store(); }
