namespace Governance.Projects.KeyRing;

/// <summary>A key of the ring that sessions and stored secrets are protected with, where instances share it through the database.</summary>
sealed class KeyRingRow
{
    /// <summary>The name that the framework gives it, with the key's id.</summary>
    public required string Name { get; init; }
    public required string Xml { get; set; }
}
