using System.ComponentModel.DataAnnotations;

namespace Governance.Audit.Checkpoints;

/// <summary>Where checkpoints of the trail are written, with which key, and how often: <c>Governance:Audit:Checkpoints</c>.</summary>
sealed class CheckpointSettings
{
    /// <param name="configuration">Null for the defaults.</param>
    /// <param name="data">The folder of the database; where nothing else is said the checkpoints and the key lie in folders beside it.</param>
    public CheckpointSettings(IConfiguration? configuration, string data)
    {
        Folder = Path.Combine(data, "checkpoints");
        KeyFile = Path.Combine(data, "keys", "audit-checkpoint.pem");
        configuration?.GetSection("Governance:Audit:Checkpoints").Bind(this);
        Folder = Path.GetFullPath(Folder);
        KeyFile = Path.GetFullPath(KeyFile);
        Seconds = Math.Clamp(Seconds, 1, 3600);
        Records = Math.Clamp(Records, 1, 1_000_000);
    }

    /// <summary>Best on another disk than the database, or copied elsewhere by whoever does not administer it.</summary>
    public string Folder { get; set; }

    /// <summary>The private key (PEM, PKCS #8, P-256). Made at the first start with mode 600.</summary>
    public string KeyFile { get; set; }

    /// <summary>Longest time until an event is covered, from 1 to 3600.</summary>
    [Range(1, 3600)]
    public int Seconds { get; set; } = 60;

    /// <summary>So many events make a checkpoint due at once; there is at most one a second.</summary>
    [Range(1, 1_000_000)]
    public int Records { get; set; } = 1000;
}
