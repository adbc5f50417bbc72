using System.Globalization;

namespace Governance.Revisions;

/// <summary>Sentences that all editors say alike.</summary>
static class EditText
{
    /// <summary>Why an edit was not saved: somebody else was faster.</summary>
    public static string Conflict(string id, int expectedVersion, EditResult result) =>
        result.Version == 0 ? $"{id} was removed meanwhile. Nothing was saved; review again."
        : expectedVersion == 0 ? $"There is a {id} already. Nothing was saved; choose another id, or edit the one that is there."
        : $"{id} was changed by {result.UpdatedBy} at {result.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC. Nothing was saved; review again what your edit changes in that version.";
}
