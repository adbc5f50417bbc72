using System.ComponentModel.DataAnnotations;

namespace Governance.Gateway;

/// <summary>Limits of the way through (<c>Governance:Gateway</c>). Validated at start.</summary>
sealed class GatewaySettings
{
    public const string Section = "Governance:Gateway";

    /// <summary>Largest request body, in bytes; Anthropic's own limit is 32 MB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int BodyLimitBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many calls may be in flight at a time; beyond it they are told to come back.</summary>
    [Range(1, 1_000_000)]
    public int MaxCalls { get; set; } = 10_000;

    /// <summary>How much the bodies of calls in flight may take in memory together, in bytes.</summary>
    [Range(1024 * 1024, 1L << 40)]
    public long MaxBodyBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>How many refusals of one key are recorded one by one within a second; what is beyond is counted in one row.</summary>
    [Range(1, 1_000_000)]
    public int RefusalsPerSecond { get; set; } = 50;

    /// <summary>Deepest nesting of a request body.</summary>
    [Range(8, 512)]
    public int BodyDepth { get; set; } = 64;

    /// <summary>Largest JSON answer that is kept to read its usage, in bytes.</summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int AnswerLimitBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long an upstream may take to connect.</summary>
    [Range(1, 120)]
    public int ConnectSeconds { get; set; } = 10;

    /// <summary>How long an upstream may take to begin its answer; the SDKs themselves wait 600 s.</summary>
    [Range(1, 7200)]
    public int FirstByteSeconds { get; set; } = 600;

    /// <summary>How long an answer may be silent between two bytes. Rests while the client is written to.</summary>
    [Range(1, 7200)]
    public int IdleSeconds { get; set; } = 120;

    /// <summary>How long a client may take nothing of what waits for it; it is then treated as one that hung up, and the answer is read to its end.</summary>
    [Range(2, 7200)]
    public int ClientWriteSeconds { get; set; } = 120;

    /// <summary>How long an answer may take altogether, without what the client takes to read it; and how long a client may be waited for altogether.</summary>
    [Range(1, 86400)]
    public int TotalSeconds { get; set; } = 3600;

    /// <summary>How many answers whose client hung up are read to their end at a time; beyond it the hold is assumed.</summary>
    [Range(0, 10000)]
    public int DrainLimit { get; set; } = 200;

    /// <summary>After how many days the shipped price list is called old; 0 never.</summary>
    [Range(0, 3650)]
    public int PricesStaleDays { get; set; } = 90;

    /// <summary>How long an answer stays in the response cache.</summary>
    [Range(1, 86400 * 7)]
    public int CacheSeconds { get; set; } = 3600;

    /// <summary>How much the response cache may hold, in bytes.</summary>
    [Range(0, int.MaxValue)]
    public long CacheLimitBytes { get; set; } = 64 * 1024 * 1024;
}
