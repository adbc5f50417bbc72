namespace Governance.Tests.Proofs;

/// <summary>Says how far a long proof has come: to the console of whoever runs it, past the test runner, which shows nothing before a test has ended.</summary>
static class Progress
{
    static readonly string? file = Environment.GetEnvironmentVariable("GOVERNANCE_PROGRESS");

    public static void Say(FormattableString what)
    {
        if (file is { Length: > 0 })
        {
            File.AppendAllText(file, FormattableString.Invariant($"   {DateTime.UtcNow:HH:mm:ss} {FormattableString.Invariant(what)}\n"));
        }
    }
}
