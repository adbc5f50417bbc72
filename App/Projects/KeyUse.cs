namespace Governance.Projects;

/// <summary>What a key was used for: calls and spend of the month that runs (UTC), and calls of the last 24 hours.</summary>
public sealed record KeyUse(DateTimeOffset LastCall, long CallsInMonth, Money SpendInMonth, long CallsInDay);

/// <summary>Where a key's use is read. The ledger, which comes after this room, fills it in.</summary>
abstract class KeyUseSource
{
    /// <summary>By key id; a key without a call in that time is not in it.</summary>
    public abstract Task<IReadOnlyDictionary<string, KeyUse>> ReadAsync();
}
