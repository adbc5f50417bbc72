namespace Governance.Ledger.Entries;

/// <summary>The words for outcomes in metrics and traces.</summary>
[Pure]
static class UsageWords
{
    static readonly string[] outcomes = [.. Enum.GetNames<UsageOutcome>().Select(name => name.ToLowerInvariant())];

    public static string Of(UsageOutcome outcome) => outcomes[(int)outcome];
}
