using Governance.Projects;

namespace Governance.Configuration;

/// <summary>What planning or applying a document came to.</summary>
/// <param name="Problems">Why nothing was done; empty where the document is sound.</param>
/// <param name="Changes">What is or would be created, changed and removed.</param>
/// <param name="Applied">True where the changes are in force.</param>
/// <param name="NewSecrets">Secrets that were generated for keys without one; they exist nowhere else.</param>
sealed record PlanResult(
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<PlannedChange> Changes,
    bool Applied,
    IReadOnlyList<(string KeyId, string Secret)> NewSecrets)
{
    public static PlanResult Rejected(IReadOnlyList<Problem> problems) => new(problems, [], false, []);
}
