using System.Diagnostics;
using System.Net;
using AngleSharp.Html.Parser;
using Governance.Tests.Members;

namespace Governance.Tests.Proofs;

/// <summary>The database server is away for a while, under a whole process with everything that runs in its background.</summary>
[Collection(AloneCollection.Name)]
public sealed class ServerOutageTests
{
    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AServerThatIsAwayForAWhileStopsCallsButNoProcess()
    {
        var server = new PostgresServer();
        var folder = Directory.CreateTempSubdirectory("governance-away-");
        try
        {
            await using var provider = await FakeProvider.StartAsync();
            var connection = server.NewDatabase();
            await using var product = await Product.StartAsync(provider.Url, environment: [(Product.ConnectionVariable, connection), ("Governance__Journal__Folder", folder.FullName)]);
            (await product.CallAsync(Answers.Call())).Passed();
            server.Kill();
            // Longer than the rest between two looks of whatever looks at the database by itself.
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(8); await Task.Delay(250))
            {
                var refused = await product.CallAsync(Answers.Call());
                Assert.Equal(503, refused.Status);
                Assert.Contains("nothing was sent", refused.Message, StringComparison.Ordinal);
            }
            Assert.Single(provider.Requests);
            Assert.Equal(503, (await product.ReadyAsync()).Status);
            server.Restart();
            await Eventually.IsTrueAsync(async () =>
            {
                Assert.False(product.App.HasExited, product.App.Output);
                return (await product.CallAsync(Answers.Call())).Status == 200;
            }, "it goes on by itself");
            await Eventually.ReadAsync(() => product.ReadyAsync().GetAwaiter().GetResult().Status, status => status == 200);
            Assert.Equal(0, await product.App.StopAsync());
            var (code, output) = await VerifyCommand.OnAsync(connection, folder.FullName);
            Assert.True(code == 0, output);
        }
        finally
        {
            server.Stop();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whose session is looked up at every other page gets one all the same.</summary>
    [Fact]
    public async Task APageSaysThatTheDatabaseIsAway()
    {
        var server = new PostgresServer();
        try
        {
            await using var host = new PeopleHost(server.NewDatabase());
            using var owner = await host.OwnerAsync();
            Assert.Equal("200", await PeopleHost.LeadsToAsync(owner, "/dashboard"));
            server.Kill();
            // Longer than a session is believed without a look.
            host.Clock.Ahead = TimeSpan.FromMinutes(2);
            using var answer = await owner.GetAsync(new Uri("/dashboard/keys", UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
            Assert.Equal("The database cannot be reached", page.QuerySelector("h1")?.TextContent);
            Assert.Equal("/dashboard/keys", page.QuerySelector("a.button")?.GetAttribute("href"));
            Assert.NotEmpty(answer.Headers.GetValues("Content-Security-Policy"));
            var files = page.QuerySelectorAll("link[href], script[src]").Select(file => file.GetAttribute("href") ?? file.GetAttribute("src")!).ToList();
            Assert.Contains(files, file => file.EndsWith(".css", StringComparison.Ordinal));
            foreach (var file in files)
            {
                Assert.Equal((file, "200"), (file, await PeopleHost.LeadsToAsync(owner, "/" + file)));
            }
            server.Restart();
            await Eventually.ReadAsync(() => PeopleHost.LeadsToAsync(owner, "/dashboard/keys").GetAwaiter().GetResult(), status => status == "200");
            Assert.Equal("200", await PeopleHost.LeadsToAsync(owner, "/dashboard/keys"));
        }
        finally
        {
            server.Stop();
        }
    }
}
