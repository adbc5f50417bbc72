namespace Governance.Projects;

/// <summary>What each plan brings.</summary>
[Pure]
static class Plans
{
    /// <summary>Free and Paid meter and record, but no rule and no cap bites.</summary>
    public static bool SkipPolicy(Plan plan) => plan is Plan.Free or Plan.Paid;

    /// <summary>How far back the audit pages look; the rows themselves stay for ever.</summary>
    public static int AuditDays(Plan plan) => plan is Plan.Team ? 365 : 30;
}
