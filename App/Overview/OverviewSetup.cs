namespace Governance.Overview;

/// <summary>Puts the overview into the host.</summary>
static class OverviewSetup
{
    public static IServiceCollection AddOverview(this IServiceCollection services) => services.AddSingleton<OverviewQueries>();
}
