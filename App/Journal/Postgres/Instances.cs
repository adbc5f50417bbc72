namespace Governance.Journal.Postgres;

/// <summary>A process that writes, or wrote. Holds carry its id, so that those of a dead one can be told from those of a living one.</summary>
sealed class InstanceRow
{
    public required string Id { get; init; }
    /// <summary>Stands in the ids of its calls; no two living instances have the same.</summary>
    public int Number { get; init; }
    public long StartedMilliseconds { get; init; }
    /// <summary>When it last wrote, by the store's clock.</summary>
    public long HeartbeatMilliseconds { get; init; }
    /// <summary>When it ended, or was declared dead; such a one never writes again under this id.</summary>
    public long? EndedMilliseconds { get; init; }
    /// <summary>The turn of its last group, written in the same transaction: by it a commit that nobody answered is looked up.</summary>
    public long LastGroup { get; init; }
}

/// <summary>Who writes, and since when nobody has heard of them.</summary>
static class Instances
{
    /// <summary>Without a sign of life for so long an instance is declared dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How many signs a living one gives in that time, where nothing else is written.</summary>
    public const int SignsPerLease = 5;

    /// <summary>Numbers fit into the ids of calls.</summary>
    public const int NumberLimit = 1024;

    /// <summary>How long the row of an ended instance is kept.</summary>
    public const long KeptMilliseconds = 7L * 24 * 60 * 60 * 1000;

    /// <summary>True of a hold whose instance has ended or was never known.</summary>
    public const string NotLiving = "instance NOT IN (SELECT id FROM instances WHERE ended_milliseconds IS NULL)";

    public static void Add(JournalTransaction transaction, string id, int number)
    {
        var now = transaction.NowMilliseconds;
        transaction.Prepare($"""
            DELETE FROM instances WHERE ended_milliseconds < ?1 AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.instance = instances.id)
            """).Bind(1, now - KeptMilliseconds).Run();
        transaction.Prepare("INSERT INTO instances (id, number, started_milliseconds, heartbeat_milliseconds, last_group) VALUES (?1, ?2, ?3, ?3, 0)")
            .Bind(1, id).Bind(2, number).Bind(3, now).Run();
    }

    /// <summary>Declares dead who is silent by this instance's contact, unless a sign has come since.</summary>
    /// <param name="only">Of all the silent this one only; null for all.</param>
    public static void EndSilent(JournalTransaction transaction, string? only = null)
    {
        foreach (var silent in transaction.Contact.Silent())
        {
            if (silent.Instance != transaction.Instance && (only ?? silent.Instance) == silent.Instance)
            {
                transaction.Prepare("""
                    UPDATE instances SET ended_milliseconds = ?1 WHERE id = ?2 AND ended_milliseconds IS NULL AND heartbeat_milliseconds = ?3 AND last_group = ?4
                    """).Bind(1, transaction.NowMilliseconds).Bind(2, silent.Instance).Bind(3, silent.HeartbeatMilliseconds).Bind(4, silent.LastGroup).Run();
            }
        }
    }

    /// <summary>Declares dead who has the right of this name, where it is silent.</summary>
    public static void EndSilentHolder(JournalTransaction transaction, string right)
    {
        var row = transaction.Prepare("SELECT holder FROM leases WHERE name = ?1").Bind(1, right);
        var holder = row.Step() ? row.Text(0) : null;
        row.Reset();
        if (holder is not null)
        {
            EndSilent(transaction, holder);
        }
    }

    /// <summary>A number that no living instance has, as far from its last use as can be.</summary>
    public static int FreeNumber(JournalTransaction transaction)
    {
        var taken = new HashSet<long>();
        var rows = transaction.Prepare("SELECT number FROM instances WHERE ended_milliseconds IS NULL");
        while (rows.Step())
        {
            taken.Add(rows.Integer(0));
        }
        var last = transaction.Prepare("SELECT number FROM instances ORDER BY started_milliseconds DESC, id LIMIT 1");
        var number = last.Step() ? (int)last.Integer(0) : 0;
        last.Reset();
        for (var tries = 0; tries < NumberLimit; tries++)
        {
            number = (number + 1) % NumberLimit;
            if (!taken.Contains(number))
            {
                return number;
            }
        }
        // Nearly all of them must be runs that ended before anybody could watch them: the one that has been silent for longest. Ids differ by their instants as well.
        var oldest = transaction.Prepare("SELECT number FROM instances WHERE ended_milliseconds IS NULL ORDER BY heartbeat_milliseconds, id LIMIT 1");
        oldest.Step();
        number = (int)oldest.Integer(0);
        oldest.Reset();
        return number;
    }
}
