using System.Collections.Concurrent;

namespace Governance.Gateway;

/// <summary>How often this process has refused, by status and code: all refusals, those before a call is even known too.</summary>
static class RefusalCounts
{
    sealed class Count
    {
        public long Value;
    }

    static readonly ConcurrentDictionary<(int Status, string Code), Count> counts = new();

    public static void Add(Refusal refusal) =>
        Interlocked.Increment(ref counts.GetOrAdd((refusal.Status, (string?)refusal.Error["deny_code"] ?? refusal.Code), static _ => new Count()).Value);

    public static IReadOnlyList<(int Status, string Code, long Count)> Read() =>
        [.. counts.Select(each => (each.Key.Status, each.Key.Code, Volatile.Read(ref each.Value.Value))).OrderBy(each => each.Status).ThenBy(each => each.Code, StringComparer.Ordinal)];
}
