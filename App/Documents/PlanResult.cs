using Governance.Members;
using Governance.Members.SignIn;

namespace Governance.Documents;

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
    /// <summary>What the document leaves out, and what becomes of it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What can be done and is hardly meant.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>Links by which members without a password set one; they exist nowhere else.</summary>
    public IReadOnlyList<SignInLink> SignInLinks { get; init; } = [];

    public static PlanResult Rejected(IReadOnlyList<Problem> problems) => new(problems, [], false, []);
}
