using Governance.Members;
using Hangfire;
using Hangfire.Dashboard;

namespace Governance.Operations;

/// <summary>Hangfire's own pages of the recurring jobs, for owners.</summary>
static class JobsDashboard
{
    public const string Path = "/dashboard/settings/jobs";

    public static void Map(WebApplication app) =>
        app.MapHangfireDashboard(Path, new DashboardOptions
        {
            Authorization = [new OwnersOnly()],
            AppPath = "/dashboard/settings?tab=operations",
            DashboardTitle = "Jobs",
            DisplayStorageConnectionString = false,
        }).RequireAuthorization(policy => policy.RequireRole(nameof(MemberRole.Owner)));

    /// <summary>The same rule once more, for requests that reach the pages by another way.</summary>
    sealed class OwnersOnly : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => context.GetHttpContext().User.IsInRole(nameof(MemberRole.Owner));
    }
}
