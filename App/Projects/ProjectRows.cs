using Governance.Revisions;

namespace Governance.Projects;

/// <summary>The workspace; there is one row.</summary>
sealed class WorkspaceRow : DefinitionRow<WorkspaceDefinition>;

/// <summary>A project.</summary>
sealed class ProjectRow : DefinitionRow<ProjectDefinition>;

/// <summary>A virtual key. Its secret is never stored, only its hash.</summary>
sealed class KeyRow : DefinitionRow<KeyDefinition>
{
    /// <summary>The public part of the secret, by which it is looked up.</summary>
    public string LookupId { get; set; } = "";
    /// <summary>SHA-256 of the whole secret (32 bytes); a fast hash is right for 256 random bits.</summary>
    public byte[] SecretHash { get; set; } = [];
    /// <summary>Last four characters, to recognise it by.</summary>
    public string Hint { get; set; } = "";
}

/// <summary>A management key for the configuration interface; hashed like a virtual key.</summary>
sealed class ManagementKeyRow : DefinitionRow<ManagementKeyDefinition>
{
    public byte[] SecretHash { get; set; } = [];
}

/// <summary>What a management key is called and whether it still opens.</summary>
[Pure]
sealed record ManagementKeyDefinition(string Id, string Hint, bool Revoked = false);
