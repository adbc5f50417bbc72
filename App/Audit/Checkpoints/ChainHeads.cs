using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit.Checkpoints;

/// <summary>Where every chain stands, read in one statement and so of one instant, whoever else writes.</summary>
static class ChainHeads
{
    /// <summary>The chains: jumps from one to the next along the index, so that its time grows with their number and not with their length.</summary>
    const string Names = """
        WITH RECURSIVE names(chain) AS (
          SELECT MIN(chain) FROM audit
          UNION ALL
          SELECT (SELECT MIN(next.chain) FROM audit next WHERE next.chain > names.chain) FROM names WHERE names.chain IS NOT NULL)
        """;

    const string Sql = Names + """

        SELECT head.id AS "Id", head.chain AS "Chain", head.sequence AS "Sequence", head.hash AS "Hash"
        FROM names JOIN audit head ON head.chain = names.chain
          AND head.sequence = (SELECT MAX(tail.sequence) FROM audit tail WHERE tail.chain = names.chain)
        """;

    /// <summary>The newest event of any chain, and the heads by the names of the chains.</summary>
    public static (long AuditId, SortedDictionary<string, ChainHead> Heads) Read(GovernanceDb db)
    {
        var heads = new SortedDictionary<string, ChainHead>(StringComparer.Ordinal);
        var last = 0L;
        foreach (var row in db.Database.SqlQueryRaw<Row>(Sql).ToList())
        {
            heads[row.Chain] = new ChainHead(row.Sequence, row.Hash);
            last = Math.Max(last, row.Id);
        }
        return (last, heads);
    }

    /// <summary>The last sequence of every chain, within the transaction.</summary>
    public static Dictionary<string, long> Sequences(JournalTransaction transaction)
    {
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        var rows = transaction.Prepare(Names + " SELECT names.chain, (SELECT MAX(tail.sequence) FROM audit tail WHERE tail.chain = names.chain) FROM names WHERE names.chain IS NOT NULL");
        while (rows.Step())
        {
            heads[rows.Text(0)] = rows.Integer(1);
        }
        return heads;
    }

    sealed class Row
    {
        public long Id { get; init; }
        public required string Chain { get; init; }
        public long Sequence { get; init; }
        public required byte[] Hash { get; init; }
    }
}
