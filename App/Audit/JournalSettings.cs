using Microsoft.Data.Sqlite;

namespace Governance.Audit;

/// <summary>Where the journal writes, and its limits.</summary>
sealed class JournalSettings
{
    /// <summary>From <c>ConnectionStrings:Governance</c> and <c>Governance:Journal</c>.</summary>
    public JournalSettings(IConfiguration configuration)
        : this(configuration.GetConnectionString("Governance") ?? "Data Source=data/governance.db") =>
        configuration.GetSection("Governance:Journal").Bind(this);

    public JournalSettings(string connectionString)
    {
        var wanted = new SqliteConnectionStringBuilder(connectionString);
        File = Path.GetFullPath(wanted.DataSource);
        WriteConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 5 }.ToString();
        SignInConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadWriteCreate, DefaultTimeout = 5 }.ToString();
        ReadConnectionString = new SqliteConnectionStringBuilder { DataSource = File, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = 5 }.ToString();
    }

    /// <summary>The SQLite file, absolute.</summary>
    public string File { get; }

    public string WriteConnectionString { get; }

    /// <summary>For the sign-in tables, which ASP.NET Identity writes itself, under the journal's gate.</summary>
    public string SignInConnectionString { get; }

    public string ReadConnectionString { get; }

    /// <summary>False where somebody else writes what waits, step by step: a simulation that must replay exactly.</summary>
    internal bool OwnThread { get; init; } = true;

    /// <summary>Most works that may wait; beyond it calls are refused rather than delayed without end.</summary>
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>Groups at least this large let the next one gather.</summary>
    public int GatherFrom { get; set; } = 8;

    /// <summary>How long a group gathers under load, in milliseconds.</summary>
    public int GatherMilliseconds { get; set; } = 2;

    /// <summary>Commits between two checkpoints.</summary>
    public int CheckpointGroups { get; set; } = 400;

    /// <summary>The log is cut back beyond this size, in bytes.</summary>
    public long LogLimitBytes { get; set; } = 64 * 1024 * 1024;
}

/// <summary>Nothing more can be queued: the journal is full or closing. Nothing was written.</summary>
sealed class JournalFullException(bool closing) : Exception(closing ? "The journal is closing." : "The journal's queue is full.")
{
    /// <summary>True while the process stops, false under too much load.</summary>
    public bool Closing { get; } = closing;
}
