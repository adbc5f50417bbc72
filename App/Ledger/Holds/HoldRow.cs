using Governance.Journal;
using Governance.Ledger.Entries;

namespace Governance.Ledger.Holds;

/// <summary>A reservation that is not resolved yet. Written before anything is sent; removed in the transaction that writes its usage entry. What is left after a crash is resolved at start.</summary>
sealed class HoldRow
{
    /// <summary>The call's <see cref="CallId"/>.</summary>
    public long Id { get; init; }
    public long HeldNanos { get; init; }
    /// <summary>True once money may be gone: from this commit on the call may be sent.</summary>
    public bool Dispatched { get; init; }
    /// <summary>The process that holds it.</summary>
    public required string Instance { get; init; }
    /// <summary>The call as JSON, complete enough to write its entry without the process that made it.</summary>
    public required string Call { get; init; }
    /// <summary>The session that the call belongs to, for what is held of it; empty where it has none. Null only in rows of a version that did not know it: those may be any session's.</summary>
    public string? Session { get; init; }
    /// <summary>After this instant the process that holds it resolves it as expired; on that process's <see cref="SteadyClock"/>.</summary>
    public long ExpiresMilliseconds { get; init; }
}
