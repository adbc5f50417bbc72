using System.ComponentModel.DataAnnotations;
using Governance.Journal.Postgres;
using Governance.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Journal;

/// <summary>Where the journal writes, and its limits.</summary>
sealed class JournalSettings
{
    public const string DefaultConnection = "Data Source=data/governance.db";

    readonly string file = "";

    /// <summary>From <c>ConnectionStrings:Governance</c> and <c>Governance:Journal</c>.</summary>
    public JournalSettings(IConfiguration configuration)
        : this(configuration.GetConnectionString("Governance") is { Length: > 0 } named ? named : DefaultConnection) =>
        configuration.GetSection("Governance:Journal").Bind(this);

    /// <summary>Throws <see cref="ConnectionFault"/> where the text is of neither form.</summary>
    public JournalSettings(string connectionString)
    {
        Opened = new OpenedFiles(this);
        if (ConnectionForm.Postgres(connectionString) is { } server)
        {
            // What must hold of every session of ours: nobody waits without end for a turn, and nobody who has died keeps it.
            WriteConnectionString = With(server, "journal", "-c lock_timeout=15000 -c idle_in_transaction_session_timeout=10000", pooled: false);
            SignInConnectionString = With(server, "sign-in", "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000", pooled: true);
            ReadConnectionString = With(server, "reads", "-c default_transaction_read_only=on", pooled: true);
            IsShared = true;
            Place = $"{server.Database} on {server.Host}";
            return;
        }
        file = Path.GetFullPath(ConnectionForm.File(connectionString));
        Place = File;
        WriteConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 5 }.ToString();
        SignInConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadWriteCreate, DefaultTimeout = 5 }.ToString();
        ReadConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = 5 }.ToString();
    }

    /// <summary>As configured, or null with the reason printed.</summary>
    public static JournalSettings? Read(IConfiguration configuration)
    {
        try
        {
            return new JournalSettings(configuration);
        }
        catch (Exception fault) when (fault is ConnectionFault or InvalidOperationException or ArgumentException)
        {
            Console.Error.WriteLine(fault.Message);
            return null;
        }
    }

    /// <summary>True on PostgreSQL, which several instances may use at once.</summary>
    public bool IsShared { get; }

    /// <summary>The SQLite file, absolute. On PostgreSQL no such file is there, but what belongs to the database lies in its folder all the same.</summary>
    public string File => IsShared ? Path.Combine(Folder, "governance.db") : file;

    /// <summary>Where the SQLite file really lies, without symbolic links: what SQLite puts beside it is there.</summary>
    public string RealFile => RealPath.Of(File);

    /// <summary>The SQLite file as this process has it open.</summary>
    internal OpenedFiles Opened { get; }

    /// <summary>Where files that belong to the database lie, first of all the key ring: beside the SQLite file, or <c>Governance:Journal:Folder</c>, which instances on PostgreSQL share.</summary>
    public string Folder
    {
        get => field ?? (IsShared ? Path.GetFullPath("data") : Path.GetDirectoryName(file)!);
        set => field = Path.GetFullPath(value);
    }

    /// <summary>The database as a person would name it, without its password.</summary>
    public string Place { get; }

    public string WriteConnectionString { get; }

    /// <summary>For the sign-in tables, which ASP.NET Identity writes itself; on SQLite under the journal's gate.</summary>
    public string SignInConnectionString { get; }

    public string ReadConnectionString { get; }

    /// <summary>False where somebody else writes what waits, step by step: a simulation that must replay exactly.</summary>
    internal bool OwnThread { get; init; } = true;

    /// <summary>Without a sign of life for so long an instance is declared dead; the same for all that share the store. Only proofs, which kill more often than that, set another.</summary>
    internal TimeSpan InstanceLease { get; init; } = Instances.Lease;

    /// <summary>A commit that nobody answered is asked after for so long; then whoever waits is told that it is not known.</summary>
    internal TimeSpan AskingLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most works that may wait; beyond it calls are refused rather than delayed without end.</summary>
    [Range(1, 1_000_000)]
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>Groups at least this large let the next one gather.</summary>
    [Range(1, 1_000_000)]
    public int GatherFrom { get; set; } = 8;

    /// <summary>How long a group gathers under load, in milliseconds.</summary>
    [Range(0, 1000)]
    public int GatherMilliseconds { get; set; } = 1;

    /// <summary>Commits between two checkpoints.</summary>
    [Range(1, 1_000_000)]
    public int CheckpointGroups { get; set; } = 400;

    /// <summary>The log is cut back beyond this size, in bytes.</summary>
    [Range(0, int.MaxValue)]
    public long LogLimitBytes { get; set; } = 64 * 1024 * 1024;

    static string With(NpgsqlConnectionStringBuilder server, string use, string options, bool pooled) => new NpgsqlConnectionStringBuilder(server.ConnectionString)
    {
        ApplicationName = "governance " + use,
        Options = $"{server.Options} {options}".Trim(),
        Pooling = pooled,
        Timeout = 5,
    }.ConnectionString;
}

/// <summary>Nothing more can be queued: the journal is full or closing. Nothing was written.</summary>
sealed class JournalFullException(bool closing) : Exception(closing ? "The journal is closing." : "The journal's queue is full.")
{
    /// <summary>True while the process stops, false under too much load.</summary>
    public bool Closing { get; } = closing;
}
