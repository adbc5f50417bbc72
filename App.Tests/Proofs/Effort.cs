namespace Governance.Tests.Proofs;

/// <summary>Whether the proofs run as often as the documents promise, and which tests a short run leaves out.</summary>
public static class Effort
{
    /// <summary>The trait of a test that takes ten seconds or more and whose matter a shorter test also touches: <c>./test</c> leaves it out, <c>./test --all</c> does not.</summary>
    public const string Trait = "Length";

    public const string Lengthy = "long";

    public static bool Full => Environment.GetEnvironmentVariable("GOVERNANCE_LONG") == "1";

    public static int Times(int shortly, int fully) => Full ? fully : shortly;
}
