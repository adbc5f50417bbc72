using Npgsql;

namespace Governance.Journal.Postgres;

/// <summary>
/// Hears what other instances commit, on a connection of its own: changed definitions come into force here at once, live pages follow.
/// Asks each second besides, because a notice may be lost with the connection; and gives this instance's sign of life.
/// </summary>
sealed partial class InstanceWatch(JournalWriter journal, JournalSettings settings, Feed feed, TimeProvider time, ILogger<InstanceWatch> logger) : BackgroundService
{
    static readonly TimeSpan longest = TimeSpan.FromSeconds(1);
    long sequence = -1;
    readonly TimeSpan interval = settings.InstanceLease / (2 * Instances.SignsPerLease) < longest ? settings.InstanceLease / (2 * Instances.SignsPerLease) : longest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.IsShared)
        {
            return;
        }
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(logger, exception.Message);
                await Task.Delay(interval / 2, CancellationToken.None);
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    async Task WatchAsync(CancellationToken stopping)
    {
        await using var connection = new NpgsqlConnection(settings.WriteConnectionString);
        await connection.OpenAsync(stopping);
        await using (var listen = new NpgsqlCommand("LISTEN " + PostgresStore.Channel, connection))
        {
            await listen.ExecuteNonQueryAsync(stopping);
        }
        long? signed = null;
        while (!stopping.IsCancellationRequested)
        {
            // One round early rather than late.
            if (signed is not { } before || time.GetElapsedTime(before) > settings.InstanceLease / Instances.SignsPerLease - interval)
            {
                signed = time.GetTimestamp();
                await GiveSignAsync(connection, signed.Value, stopping);
            }
            var state = journal.StateOfStore;
            await using (var ask = new NpgsqlCommand("SELECT sequence, definitions_version, instance FROM journal_turn WHERE id = 1", connection))
            await using (var row = await ask.ExecuteReaderAsync(stopping))
            {
                await row.ReadAsync(stopping);
                if (row.GetInt64(0) != sequence && row.GetString(2) != journal.Instance)
                {
                    feed.Publish();
                }
                // A turn that went back is an older state of the database: the next group finds out, and this one is the next.
                if (!journal.Saw(state, row.GetInt64(0)) || row.GetInt64(1) != journal.Definitions)
                {
                    Follow();
                }
                sequence = row.GetInt64(0);
            }
            await connection.WaitAsync(interval, stopping);
        }
    }

    /// <summary>
    /// Dated by what this instance goes by, not by the database's clock: whoever starts while that one is wrong must not take the sign for agreement with it.
    /// Where the row says that this instance has ended, the journal finds out with its next group and goes on as a new one.
    /// </summary>
    internal async Task GiveSignAsync(NpgsqlConnection connection, long asked, CancellationToken stopping)
    {
        await using (var sign = new NpgsqlCommand("""
            UPDATE instances SET heartbeat_milliseconds = $2 WHERE id = $1 AND ended_milliseconds IS NULL
            """, connection) { Parameters = { new NpgsqlParameter { Value = journal.Instance }, new NpgsqlParameter { Value = time.GetUtcNow().ToUnixTimeMilliseconds() } } })
        {
            if (await sign.ExecuteNonQueryAsync(stopping) == 0)
            {
                Follow();
                return;
            }
        }
        var living = new List<LifeSign>();
        await using var look = new NpgsqlCommand("SELECT id, heartbeat_milliseconds, last_group FROM instances WHERE ended_milliseconds IS NULL", connection);
        await using var rows = await look.ExecuteReaderAsync(stopping);
        while (await rows.ReadAsync(stopping))
        {
            living.Add(new LifeSign(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        }
        journal.Contact.Look(asked, living);
    }

    /// <summary>An empty group: it begins, as every group does, by taking in what others have committed.</summary>
    void Follow()
    {
        try
        {
            journal.Submit(new FollowWork());
        }
        catch (JournalFullException)
        {
            // Asked again in a second.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Other instances cannot be heard at the moment: {Message}")]
    static partial void LogLost(ILogger logger, string message);

    /// <summary>Writes nothing.</summary>
    sealed class FollowWork : JournalWork
    {
        public override bool IsAwaited => false;

        public override void Execute(JournalTransaction transaction) { }

        public override void Complete() { }

        public override void Fail(Exception exception) { }
    }
}
