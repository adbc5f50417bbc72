using System.Net;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Journal;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Operations;

/// <summary>Anybody may ask whether it is ready; the reasons name disks and tables, and are for whoever runs it.</summary>
public sealed class HealthTests
{
    const string Key = "a-management-key-of-some-length";

    [Theory]
    [InlineData("192.0.2.7", null, null, false)]
    [InlineData("127.0.0.1", null, null, true)]
    [InlineData("::1", null, null, true)]
    [InlineData("::ffff:127.0.0.1", null, null, true)]
    [InlineData("127.0.0.1", "X-Forwarded-For", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "Forwarded", "for=127.0.0.1", false)]
    [InlineData("127.0.0.1", "X-Real-IP", "192.0.2.7", false)]
    [InlineData("127.0.0.1", "Via", "1.1 nginx", false)]
    [InlineData("127.0.0.1", "Host", "gov.acme.test", false)]
    [InlineData("192.0.2.7", "Authorization", "Bearer " + Key, true)]
    [InlineData("192.0.2.7", "Authorization", "Bearer " + Key + "x", false)]
    [InlineData("192.0.2.7", "X-Forwarded-For", "127.0.0.1", false)]
    public async Task ReasonsAreForTheManagementKeyAndForThisMachine(string address, string? header, string? value, bool told)
    {
        await using var host = new PeopleHost().With("Governance:ManagementKey", Key);
        using var browser = host.Browser(address);
        if (header is not null)
        {
            browser.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        }
        Assert.Equal((HttpStatusCode.OK, !told), ((await AskAsync(browser)).Status, (await AskAsync(browser)).Body == """{"status":"ready"}"""));

        var settings = host.Services.GetRequiredService<IOptions<StoreWatchSettings>>().Value;
        settings.FreeBytesLeast = long.MaxValue;
        await host.Services.GetRequiredService<StoreWatch>().LookAsync();
        var (status, body) = await AskAsync(browser);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(told, body.Contains("disk", StringComparison.Ordinal));
        if (!told)
        {
            Assert.Equal("""{"status":"unavailable"}""", body);
        }
    }

    [Fact]
    public async Task BehindANamedProxyAVisitorIsNotThisMachine()
    {
        await using var host = new PeopleHost().With("Governance:Proxies", "127.0.0.1");
        using var browser = host.Browser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "127.0.0.1");
        Assert.Equal("""{"status":"ready"}""", (await AskAsync(browser)).Body);
    }

    [Fact]
    public async Task LivenessSaysNothing()
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser("192.0.2.7");
        using var answer = await browser.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient browser)
    {
        using var answer = await browser.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
