using System.Net;
using Governance.Audit;
using Governance.Gateway;
using Governance.Journal;
using Governance.Pricing;
using Governance.Projects;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Projects;

/// <summary>What is wrong with the whole workspace stands above every page and at the readiness check, while pages stay readable.</summary>
public sealed class BannerTests
{
    [Fact]
    public async Task ADiskThatIsNearlyFullIsToldAndEditsAreRefusedUntilThereIsSpace()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        Assert.DoesNotContain("The ledger cannot be written", await PageAsync(owner, "/dashboard/usage"), StringComparison.Ordinal);
        var settings = host.Services.GetRequiredService<IOptions<StoreWatchSettings>>().Value;
        var enough = settings.FreeBytesLeast;
        settings.FreeBytesLeast = long.MaxValue;
        await host.Services.GetRequiredService<StoreWatch>().LookAsync();

        foreach (var path in (string[])["/dashboard", "/dashboard/usage", "/dashboard/policy", "/dashboard/keys", "/dashboard/settings"])
        {
            Assert.Contains("The ledger cannot be written: the disk of the database has", await PageAsync(owner, path), StringComparison.Ordinal);
        }
        using (var ready = await owner.GetAsync(new Uri("/health/ready", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }
        var edits = host.Services.GetRequiredService<ProjectEdits>();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => edits.SaveAsync(new ProjectDefinition { Id = "late", Name = "Late" }, Actor.System));

        settings.FreeBytesLeast = enough;
        await host.Services.GetRequiredService<StoreWatch>().LookAsync();
        Assert.DoesNotContain("The ledger cannot be written", await PageAsync(owner, "/dashboard"), StringComparison.Ordinal);
        Assert.True(await edits.SaveAsync(new ProjectDefinition { Id = "late", Name = "Late" }, Actor.System));
    }

    [Fact]
    public async Task AnOldPriceListIsToldAndStopsNothing()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        host.Services.GetRequiredService<IOptions<GatewaySettings>>().Value.PricesStaleDays = 30;
        host.Clock.Ahead = TimeSpan.FromDays(100);
        using var ready = await owner.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("more than 30 days old", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        host.Services.GetRequiredService<IOptions<GatewaySettings>>().Value.PricesStaleDays = 0;
        Assert.Null(PriceShelf.Stale(host.Clock.GetUtcNow(), 0));
    }

    static async Task<string> PageAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
