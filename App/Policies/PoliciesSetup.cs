using Governance.Journal;

namespace Governance.Policies;

/// <summary>Puts rules and routes into the host.</summary>
static class PoliciesSetup
{
    public static IServiceCollection AddPolicies(this IServiceCollection services) =>
        services.AddJournalListener<PolicyShelf>().AddSingleton<PolicyEdits>().AddSingleton<PolicyQueries>();
}
