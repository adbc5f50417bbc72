namespace Governance.Projects;

/// <summary>What the workspace has subscribed to. Free and Paid skip the policy stage.</summary>
enum Plan { Free, Paid, Pro, Team }

/// <summary>How far request headers may refine a key's attribution: not at all, only dimensions that the key leaves open, or any.</summary>
enum AttributionOverride { Deny, Restricted, Allow }

/// <summary>How hard a call is worth thinking about; sent as <c>X-Governance-Mode</c>, else the key's or project's default.</summary>
public enum Mode { Eco, Balanced, Sport }

/// <summary>The workspace: the one customer of this process.</summary>
[Pure]
sealed record WorkspaceDefinition
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public Plan Plan { get; init; } = Plan.Team;
    /// <summary>Kill switch (C4): while true every call is refused.</summary>
    public bool Stopped { get; init; }
}

/// <summary>A project: the unit that owns keys, rules and a cap.</summary>
[Pure]
sealed record ProjectDefinition
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    /// <summary>E-mail of the member who owns it; receives its alerts unless <see cref="AlertEmail"/> is set.</summary>
    public string? Owner { get; init; }
    public string? AlertEmail { get; init; }
    public string? Department { get; init; }
    public string? Customer { get; init; }
    public Mode DefaultMode { get; init; } = Mode.Balanced;
    /// <summary>Ids of the upstreams that serve it, in order of preference.</summary>
    public IReadOnlyList<string> Upstreams { get; init; } = [];
    public string? Environment { get; init; }
    /// <summary>Answer exact repeats from the response cache (D4); off unless said.</summary>
    public bool Cache { get; init; }
    /// <summary>Kill switch (C4).</summary>
    public bool Stopped { get; init; }
    /// <summary>Let through calls whose cost has no finite bound (server tools without <c>max_uses</c>); off unless said.</summary>
    public bool AllowUnbounded { get; init; }
    /// <summary>How long a call may wait where only what calls in flight hold leaves no room (B6); 0 refuses at once.</summary>
    public int WaitForHoldsMilliseconds { get; init; }

    public const int WaitForHoldsMillisecondsMost = 5_000;
    /// <summary>How much may be spent in a UTC day, by worst cases, while the ledger cannot be written; kept by each machine for itself. Null refuses every call then.</summary>
    public Money? FailOpenAllowance { get; init; }
}

/// <summary>The attribution that a key gives to its calls.</summary>
[Pure]
sealed record KeyAttribution
{
    public string? Tenant { get; init; }
    public string? Department { get; init; }
    public string? Employee { get; init; }
    public string? Customer { get; init; }
    public string? Feature { get; init; }
    public string? Workflow { get; init; }
}

/// <summary>A virtual key, without its secret.</summary>
[Pure]
sealed record KeyDefinition
{
    public required string Id { get; init; }
    public required string Project { get; init; }
    public KeyAttribution Attribution { get; init; } = new();
    public AttributionOverride AttributionOverride { get; init; } = AttributionOverride.Restricted;
    public Mode? DefaultMode { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>The environment variable that gives the secret, never the secret itself; null for one that was made here.</summary>
    public string? SecretEnv { get; init; }
    /// <summary>Kill switch (C4): a stopped key can be started again, a revoked one cannot.</summary>
    public bool Stopped { get; init; }
    public bool Revoked { get; init; }
}
