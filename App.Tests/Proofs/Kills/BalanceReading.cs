using Governance.Journal;
using Governance.Ledger.Holds;

namespace Governance.Tests.Proofs.Kills;

/// <summary>
/// Adds up entries and holds again and again, in one view each time, and compares them with the balances: each is below its cap, and their sum.
/// Entries that were added up before are not read again, because none of them can change; a new reading adds up all.
/// </summary>
sealed class BalanceReading(string connection, IReadOnlyDictionary<string, long> caps)
{
    readonly Dictionary<string, long> posted = [];
    long batch;

    /// <summary>Answers the instances that have open holds.</summary>
    public HashSet<string> Check(string when)
    {
        using var view = new LedgerSnapshot(connection);
        ReadEntries(view);
        var (held, holders) = ReadHolds(view);
        var balances = 0;
        var rows = view.Prepare("SELECT budget_id, SUM(posted_nanos), SUM(held_nanos) FROM balances GROUP BY budget_id");
        while (rows.Step())
        {
            balances++;
            var (id, postedNanos, heldNanos) = (rows.Text(0), rows.Integer(1), rows.Integer(2));
            Assert.True(postedNanos + heldNanos < caps[id], $"{when}: overspend, {id} has {postedNanos} + {heldNanos} of {caps[id]}");
            Assert.True((posted.GetValueOrDefault(id), held.GetValueOrDefault(id)) == (postedNanos, heldNanos),
                $"{when}: {id} says {postedNanos} posted and {heldNanos} held; entries and holds come to {posted.GetValueOrDefault(id)} and {held.GetValueOrDefault(id)}");
        }
        Assert.Equal(caps.Count, balances);
        Assert.Equal(0, view.Integer("SELECT COUNT(*) FROM corrections"));
        return holders;
    }

    void ReadEntries(LedgerSnapshot view)
    {
        var rows = view.Prepare("SELECT project, key, SUM(cost_nanos), MAX(batch) FROM usage WHERE batch > ?1 GROUP BY project, key").Bind(1, batch);
        while (rows.Step())
        {
            Add(posted, rows.Text(0), rows.Text(1), rows.Integer(2));
            batch = Math.Max(batch, rows.Integer(3));
        }
    }

    static (Dictionary<string, long> Held, HashSet<string> Holders) ReadHolds(LedgerSnapshot view)
    {
        var (held, holders) = (new Dictionary<string, long>(), new HashSet<string>());
        var rows = view.Prepare("SELECT call, held_nanos, instance FROM holds");
        while (rows.Step())
        {
            var call = HoldText.Read(rows.Text(0))!.For;
            Add(held, call.Project, call.Key, rows.Integer(1));
            holders.Add(rows.Text(2));
        }
        return (held, holders);
    }

    static void Add(Dictionary<string, long> sums, string project, string key, long nanos)
    {
        foreach (var budget in (string[])["all", project, key])
        {
            sums[budget] = sums.GetValueOrDefault(budget) + nanos;
        }
    }
}
