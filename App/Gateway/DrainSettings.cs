using System.ComponentModel.DataAnnotations;

namespace Governance.Gateway;

/// <summary>How the process stops (<c>Governance:Drain</c>). Validated at start.</summary>
sealed class DrainSettings
{
    public const string Section = "Governance:Drain";

    /// <summary>How long calls in flight may go on after the first signal. What stops the process (systemd, Kubernetes) has to wait longer than this before it kills.</summary>
    [Range(0, 86400)]
    public int Seconds { get; set; } = 600;

    /// <summary>How long the host may take altogether: the drain, the calls that are cut, and what else has to end.</summary>
    public TimeSpan HostTimeout => TimeSpan.FromSeconds(Seconds + 30);
}
