using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace Governance.Journal.Postgres;

/// <summary>
/// One database and several instances. Every group takes the one row of <c>journal_turn</c> first, so that the groups of all instances
/// stand in one order and each sees all that was committed before it. What was kept in memory is dropped where another one wrote last.
/// </summary>
sealed partial class PostgresStore : JournalStore
{
    /// <summary>The channel on which instances hear of each other.</summary>
    public const string Channel = "governance";
    public const string DefinitionsNotice = "definitions";
    public const string FeedNotice = "feed";

    static readonly TimeSpan feedInterval = TimeSpan.FromMilliseconds(250);

    static readonly TimeSpan skewLimit = TimeSpan.FromSeconds(2);

    readonly JournalSettings settings;
    readonly TimeProvider time;
    readonly ILogger logger;
    NpgsqlConnection connection;
    NpgsqlBatch? begin;
    bool skewTold;
    long sequence;
    long lastSequence = -1;
    long definitions = -1;
    long seenDefinitions = -1;
    long lastFeedNotice;
    public PostgresStore(JournalSettings settings, TimeProvider time, ILogger logger)
    {
        (this.settings, this.time, this.logger) = (settings, time, logger);
        connection = new NpgsqlConnection(settings.WriteConnectionString);
        Contact = new Contact(time, settings.InstanceLease);
    }

    public override DbConnection Connection => connection;

    public override long Definitions => Volatile.Read(ref definitions);

    public override void Open()
    {
        DropStatements();
        begin?.Dispose();
        begin = null;
        connection.Dispose();
        connection = new NpgsqlConnection(settings.WriteConnectionString);
        connection.Open();
        Durability();
        begin = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                new NpgsqlBatchCommand("SELECT sequence, definitions_version, at_milliseconds, instance FROM journal_turn WHERE id = 1 FOR UPDATE"),
                // A statement of its own, so that the clock is read once the turn is taken, however long that took.
                new NpgsqlBatchCommand("""
                    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, own.last_group, own.ended_milliseconds
                    FROM (SELECT 1) one LEFT JOIN instances own ON own.id = $1
                    """) { Parameters = { new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = Instance } } },
            },
        };
        begin.Prepare();
    }

    public override void Register(JournalTransaction transaction)
    {
        // Nobody is declared dead here: whoever has only just come cannot know for how long others were silent, and for how long the store was.
        var number = Instances.FreeNumber(transaction);
        Instances.Add(transaction, Instance, number);
        foreach (var former in formerly)
        {
            transaction.Prepare("UPDATE holds SET instance = ?1 WHERE instance = ?2").Bind(1, Instance).Bind(2, former).Run();
        }
        Number = number;
    }

    public override Turn Begin()
    {
        if (connection.FullState != ConnectionState.Open || begin is null)
        {
            Open();
        }
        begin!.BatchCommands[2].Parameters[0].Value = Instance;
        long rowMilliseconds, now;
        long? ownGroup;
        bool living, isOthers;
        using (var reader = begin.ExecuteReader())
        {
            if (!reader.Read())
            {
                throw new InvalidOperationException("The row of journal_turn is missing; the database is not as the migrations left it.");
            }
            (sequence, seenDefinitions, rowMilliseconds, isOthers) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.IsDBNull(3) || reader.GetString(3) != Instance);
            reader.NextResult();
            reader.Read();
            (now, ownGroup) = (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
            living = ownGroup is not null && reader.IsDBNull(2);
        }
        if (time is LedgerTime ledger)
        {
            ledger.Observe(DateTimeOffset.FromUnixTimeMilliseconds(now));
            if (isOthers && rowMilliseconds > 0 && Math.Abs(rowMilliseconds - now) <= LedgerTime.AgreeMilliseconds)
            {
                ledger.Confirm(DateTimeOffset.FromUnixTimeMilliseconds(now));
            }
            // One wrong look at the server's clock does not move the ledger either.
            now = ledger.GetUtcNow().ToUnixTimeMilliseconds();
            WarnOfSkew(ledger.Offset);
        }
        else
        {
            now = time.GetUtcNow().ToUnixTimeMilliseconds();
        }
        See(ownGroup, now);
        if (Registered && !living)
        {
            // Also where an older state of the database never knew this instance: why is still known when it has joined.
            throw new InstanceEndedException();
        }
        return new Turn(rowMilliseconds - now > LedgerTime.AgreeMilliseconds ? now : Math.Max(rowMilliseconds, now), sequence != lastSequence || wentBack is not null, seenDefinitions != definitions || wentBack is not null, wentBack);
    }

    /// <summary>All instances go by one clock.</summary>
    public override TimeSpan MaxAhead => TimeSpan.FromMilliseconds(LedgerTime.AgreeMilliseconds);

    public override void Commit(JournalTransaction transaction, bool definitionsChanged)
    {
        var next = sequence + 1;
        var version = seenDefinitions + (definitionsChanged ? 1 : 0);
        using var batch = new NpgsqlBatch(connection);
        Add(batch, "UPDATE journal_turn SET sequence = $1, instance = $2, definitions_version = $3, at_milliseconds = $4 WHERE id = 1", next, Instance, version, transaction.NowMilliseconds);
        Add(batch, "UPDATE instances SET last_group = $1, heartbeat_milliseconds = $2 WHERE id = $3", next, transaction.NowMilliseconds, Instance);
        if (definitionsChanged || Stopwatch.GetElapsedTime(lastFeedNotice) > feedInterval)
        {
            Add(batch, "SELECT pg_notify($1, $2)", Channel, definitionsChanged ? DefinitionsNotice : FeedNotice);
            lastFeedNotice = Stopwatch.GetTimestamp();
        }
        Add(batch, "COMMIT");
        try
        {
            batch.ExecuteNonQuery();
        }
        catch (Exception exception) when (IsLost(exception))
        {
            throw new CommitUnknownException(exception);
        }
        ownLastMilliseconds = transaction.NowMilliseconds;
        Committed(next, version);
    }

    public override void Rollback()
    {
        try
        {
            ResetStatements();
            if (connection.FullState == ConnectionState.Open)
            {
                using var command = new NpgsqlCommand("ROLLBACK", connection);
                command.ExecuteNonQuery();
            }
        }
        catch (Exception exception)
        {
            LogGivenUp(logger, exception.Message);
            begin = null;
        }
        // Whatever this group had read may not be in force: the next one reads it again.
        (lastSequence, definitions) = (-1, -1);
    }

    public override bool IsUnavailable(Exception exception) =>
        exception is InstanceEndedException or CommitUnknownException || IsLost(exception)
        || exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory };

    /// <summary>Takes the turn, which waits until the server has made an end of the old transaction one way or the other; then its group's number is there or it is not.</summary>
    public override bool Arrived()
    {
        var expected = sequence + 1;
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(200))
        {
            try
            {
                Open();
                using var transaction = connection.BeginTransaction();
                using (var turn = new NpgsqlCommand("SELECT sequence FROM journal_turn WHERE id = 1 FOR UPDATE", connection))
                {
                    turn.ExecuteScalar();
                }
                using var asked = new NpgsqlCommand("SELECT last_group FROM instances WHERE id = $1", connection) { Parameters = { new NpgsqlParameter { Value = Instance } } };
                var arrived = asked.ExecuteScalar() is long group && group == expected;
                LogLookedUp(logger, expected, arrived);
                if (arrived)
                {
                    Committed(expected, -1);
                }
                return arrived;
            }
            catch (Exception exception) when (exception is DbException or TimeoutException && clock.Elapsed < settings.AskingLimit)
            {
                LogAsking(logger, exception.Message);
            }
        }
    }

    public override void End()
    {
        if (!Registered || connection.FullState != ConnectionState.Open)
        {
            return;
        }
        try
        {
            using var command = new NpgsqlCommand("UPDATE instances SET ended_milliseconds = (extract(epoch FROM clock_timestamp()) * 1000)::bigint WHERE id = $1", connection) { Parameters = { new NpgsqlParameter { Value = Instance } } };
            command.ExecuteNonQuery();
        }
        catch (DbException exception)
        {
            // The lease runs out instead.
            LogGivenUp(logger, exception.Message);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        begin?.Dispose();
        connection.Dispose();
    }

    protected override Statement NewStatement(string sql) => new PostgresStatement(connection, sql);

    void WarnOfSkew(TimeSpan offset)
    {
        if (offset.Duration() > skewLimit && !skewTold)
        {
            LogSkew(logger, offset.TotalSeconds);
        }
        skewTold = offset.Duration() > skewLimit;
    }

    void Committed(long turn, long version)
    {
        Registered = true;
        formerly.Clear();
        Acted(turn);
        Volatile.Write(ref lastSequence, turn);
        Volatile.Write(ref definitions, version);
    }

    static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        batch.BatchCommands.Add(command);
    }

    /// <summary>A commit that was answered must survive a power cut; a server that is set otherwise is no ledger.</summary>
    void Durability()
    {
        using var command = new NpgsqlCommand("SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_encoding')", connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        if (reader.GetString(0) != "on" || reader.GetString(1) == "off" || reader.GetString(2) != "UTF8")
        {
            throw new InvalidOperationException($"The PostgreSQL server would lose commits or text: fsync is {reader.GetString(0)}, synchronous_commit is {reader.GetString(1)}, the encoding is {reader.GetString(2)}. They must be on, not off, and UTF8.");
        }
    }

    bool IsLost(Exception exception) =>
        exception.GetBaseException() is NpgsqlException and not PostgresException or IOException or TimeoutException or System.Net.Sockets.SocketException
        || (exception is DbException or InvalidOperationException && !connection.FullState.HasFlag(ConnectionState.Open))
        || exception.GetBaseException() is PostgresException { SqlState: ['0', '8', ..] or ['5', '7', 'P', ..] or "25P03" };

    [LoggerMessage(LogLevel.Warning, "This machine's clock is {Seconds:0.0} s behind the database's; periods follow the database's")]
    static partial void LogSkew(ILogger logger, double seconds);

    [LoggerMessage(LogLevel.Warning, "The connection to PostgreSQL is given up: {Message}")]
    static partial void LogGivenUp(ILogger logger, string message);

    [LoggerMessage(LogLevel.Warning, "The outcome of a commit is unknown and cannot be asked after yet: {Message}")]
    static partial void LogAsking(ILogger logger, string message);

    [LoggerMessage(LogLevel.Warning, "The outcome of commit {Turn} was unknown; arrived: {Arrived}")]
    static partial void LogLookedUp(ILogger logger, long turn, bool arrived);
}
