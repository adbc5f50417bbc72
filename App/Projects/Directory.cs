using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Governance.Projects;

/// <summary>A key as the gate sees it: its definition with what proves it.</summary>
sealed record DirectoryKey(KeyDefinition Definition, string LookupId, ReadOnlyMemory<byte> SecretHash, string Hint, DateTimeOffset CreatedAt);

/// <summary>Who may ask, at one instant: the workspace, its projects and keys. Never changes; a new one is swapped in.</summary>
sealed class Directory
{
    public static readonly Directory Empty = new(new WorkspaceDefinition { Id = "workspace", Name = "Workspace" }, false, [], [], []);

    readonly FrozenDictionary<string, DirectoryKey> keysByLookup;

    public Directory(
        WorkspaceDefinition workspace,
        bool hasOwner,
        IEnumerable<ProjectDefinition> projects,
        IEnumerable<DirectoryKey> keys,
        IEnumerable<(ManagementKeyDefinition Definition, byte[] Hash)> managementKeys)
    {
        Workspace = workspace;
        HasOwner = hasOwner;
        Projects = projects.ToFrozenDictionary(project => project.Id);
        Keys = keys.ToFrozenDictionary(key => key.Definition.Id);
        keysByLookup = Keys.Values.ToFrozenDictionary(key => key.LookupId);
        ManagementKeys = [.. managementKeys.Where(key => !key.Definition.Revoked)];
    }

    public WorkspaceDefinition Workspace { get; }

    /// <summary>False until the first-run page has made the owner.</summary>
    public bool HasOwner { get; }

    public FrozenDictionary<string, ProjectDefinition> Projects { get; }

    public FrozenDictionary<string, DirectoryKey> Keys { get; }

    public IReadOnlyList<(ManagementKeyDefinition Definition, byte[] Hash)> ManagementKeys { get; }

    /// <summary>Keys that were found to have expired, and when they did: they stay so, whatever is done to a clock. Goes on from one directory to the next.</summary>
    internal ConcurrentDictionary<string, DateTimeOffset> Expired { get; } = new(StringComparer.Ordinal);

    /// <summary>True from the key's last instant on.</summary>
    public bool HasExpired(KeyDefinition key, DateTimeOffset now)
    {
        if (key.ExpiresAt is not { } end)
        {
            return false;
        }
        if (end <= now)
        {
            Expired[key.Id] = end;
            return true;
        }
        return Expired.TryGetValue(key.Id, out var seen) && seen == end;
    }

    /// <summary>With what was found out about keys so far.</summary>
    internal Directory Following(Directory before)
    {
        foreach (var (id, end) in before.Expired)
        {
            Expired.TryAdd(id, end);
        }
        return this;
    }

    /// <summary>The key that a client presents, or null. Looked up by its public part, then compared in constant time; says nothing of expiry or revocation.</summary>
    public DirectoryKey? Find(string? presented) =>
        KeySecret.LookupIdOf(presented) is { } lookup
        && keysByLookup.TryGetValue(lookup, out var key)
        && KeySecret.Matches(presented!, key.SecretHash.Span) ? key : null;
}
