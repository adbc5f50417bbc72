using Governance.Journal;

namespace Governance.Ledger.Holds;

/// <summary>Reads open holds page by page, until there are as many as are wanted that can be read.</summary>
static class HoldPages
{
    /// <summary>The first holds by their ids. One that cannot be read stays, held by every budget, and keeps back no other; verification names it.</summary>
    /// <param name="page">Holds with ids above the first number, at most the second of them, by their ids: call, dispatched, id.</param>
    public static List<(LedgerCall Call, bool Dispatched)> Read(long most, Func<long, long, Statement> page)
    {
        var open = new List<(LedgerCall, bool)>();
        var (after, missing) = (0L, 0L);
        do
        {
            missing = most - open.Count;
            for (var rows = page(after, missing); rows.Step(); missing--)
            {
                after = rows.Integer(2);
                if (HoldText.Read(rows.Text(0), after) is { } call)
                {
                    open.Add((call, rows.Integer(1) != 0));
                }
            }
        }
        while (missing == 0 && open.Count < most);
        return open;
    }
}
