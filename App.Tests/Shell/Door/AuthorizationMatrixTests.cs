using System.Net;
using System.Net.Http.Headers;
using Governance.Audit;
using Governance.Documents;
using Governance.Journal;
using Governance.Members;
using Governance.Operations;
using Governance.Projects;
using Governance.Shell.Door;
using Governance.Tests.Members;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Shell.Door;

/// <summary>
/// Every route and page, asked for by everybody: nobody, a member of each role, a virtual key and a management key. What each rule states is what happens.
/// Roles hold for the whole workspace; what belongs to a project belongs to its keys.
/// </summary>
public sealed class AuthorizationMatrixTests
{
    const string ManagementKey = "matrix-management-key-0123456789";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);

    [Fact]
    public async Task EveryRouteAndPageDoesWhatItsRuleStatesForEverybody()
    {
        await using var host = Host();
        var (asked, holes) = await AskAsync(host);
        Assert.Empty(holes);
        Assert.True(asked > 500, $"Only {asked} questions were asked.");
    }

    /// <summary>Somebody registers a handler that lets everybody through: the matrix names what stands open then.</summary>
    [Fact]
    public async Task APlantedHoleIsFound()
    {
        await using var host = Host(services => services.AddSingleton<IAuthorizationHandler, LetsEverybodyIn>());
        var (_, holes) = await AskAsync(host);
        Assert.Contains("POST /_blazor/negotiate as nobody: it is open, and its rule says asks", holes);
        Assert.DoesNotContain(holes, hole => hole.Contains("/v1/messages", StringComparison.Ordinal));
    }

    /// <summary>A key is its project's: it neither spends for another project nor sees what that may use.</summary>
    [Fact]
    public async Task AKeyActsForItsOwnProjectOnly()
    {
        await using var host = Host();
        using var owner = await host.OwnerAsync();
        using (var scope = host.Services.CreateScope())
        {
            Assert.True((await scope.ServiceProvider.GetRequiredService<ConfigurationEdits>().ApplyAsync("apiVersion: governance/v1\nprojects: [{ id: other, name: Other, stopped: true }]\n", s_owner)).Applied);
        }
        var edits = host.Services.GetRequiredService<ProjectEdits>();
        var (own, foreign) = ((await edits.CreateKeyAsync(new KeyDefinition { Id = "own", Project = "playground" }, s_owner))!.Text, (await edits.CreateKeyAsync(new KeyDefinition { Id = "foreign", Project = "other" }, s_owner))!.Text);
        using var client = host.Browser();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await CallAsync(client, own, null), await CallAsync(client, foreign, null)));
        // Nothing that a client says moves a call to another project.
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await CallAsync(client, own, "other"), await CallAsync(client, foreign, "playground")));
        var calls = new HashSet<(string, string)>();
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); calls.Count < 2 && clock.Elapsed < Eventually.Patience; await Task.Delay(50))
        {
            await using var db = host.Services.GetRequiredService<Reads>().Open();
            calls = db.Usage.Select(call => new { call.Key, call.Project }).AsEnumerable().Select(call => (call.Key, call.Project)).ToHashSet();
        }
        Assert.Equal([("foreign", "other"), ("own", "playground")], calls.Order());
    }

    static PeopleHost Host(Action<IServiceCollection>? further = null) => new PeopleHost { Further = further }
        .With("environment", "Production").With("Governance:ManagementKey", ManagementKey).With("Governance:Door:MaxNegotiationsPerMinute", "10000");

    static async Task<(int Asked, List<string> Holes)> AskAsync(PeopleHost host)
    {
        var (asked, holes) = (0, new List<string>());
        foreach (var (name, client) in await VisitorsAsync(host))
        {
            using (client)
            {
                foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
                {
                    foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } some ? some : IsOfJobs(endpoint) ? ["GET"] : ["GET", "POST"])
                    {
                        var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**rest}", "rest", StringComparison.Ordinal).Replace("{**path}", "", StringComparison.Ordinal).Replace("{model}", "claude-haiku-4-5", StringComparison.Ordinal);
                        var (happened, stated) = (await HappensAsync(client, method, path), Stated(endpoint, name));
                        asked++;
                        if (happened != stated && happened != "nothing")
                        {
                            holes.Add($"{method} {path} as {name}: it is {happened}, and its rule says {stated}");
                        }
                    }
                }
            }
        }
        return (asked, holes);
    }

    static async Task<List<(string Name, HttpClient Client)>> VisitorsAsync(PeopleHost host)
    {
        var owner = await host.OwnerAsync();
        var visitors = new List<(string, HttpClient)> { ("nobody", host.Browser()), (nameof(MemberRole.Owner), owner) };
        foreach (var role in Enum.GetValues<MemberRole>().Where(role => role != MemberRole.Owner))
        {
            var email = $"{role}@acme.test".ToLowerInvariant();
            using (var scope = host.Services.CreateScope())
            {
                Assert.Equal(MemberEdits.Outcome.Done, await scope.ServiceProvider.GetRequiredService<MemberEdits>().CreateAsync(new MemberDefinition { Email = email, Role = role }, PeopleHost.Password, s_owner));
            }
            var browser = host.Browser();
            using var entered = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", email), ("password", PeopleHost.Password));
            Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
            visitors.Add((role.ToString(), browser));
        }
        var key = await host.Services.GetRequiredService<ProjectEdits>().CreateKeyAsync(new KeyDefinition { Id = "matrix", Project = "playground" }, s_owner);
        foreach (var (name, secret) in ((string, string)[])[("virtual key", key!.Text), (ManagementEndpoints.Key, ManagementKey)])
        {
            var client = host.Browser();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            visitors.Add((name, client));
        }
        return visitors;
    }

    static async Task<string> HappensAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Headers.Add("Origin", "http://localhost");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "asks",
            HttpStatusCode.Redirect when answer.Headers.Location!.OriginalString.Contains("/sign-in?ReturnUrl=", StringComparison.Ordinal) => "asks",
            HttpStatusCode.Forbidden => "forbidden",
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => "nothing",
            _ => "open",
        };
    }

    /// <summary>What is posted there needs the token of one of its pages besides.</summary>
    static bool IsOfJobs(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.StartsWith(JobsDashboard.Path, StringComparison.Ordinal);

    static string Stated(RouteEndpoint endpoint, string visitor)
    {
        if (endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("dashboard", StringComparison.Ordinal) && !Enum.TryParse<MemberRole>(visitor, out _))
        {
            // Whatever the page itself says.
            return "asks";
        }
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return endpoint.Metadata.GetMetadata<EntryRule>()?.Key is not { } key || key == visitor ? "open" : "asks";
        }
        if (!Enum.TryParse<MemberRole>(visitor, out _))
        {
            return "asks";
        }
        var roles = endpoint.Metadata.OfType<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).OfType<RolesAuthorizationRequirement>().SelectMany(one => one.AllowedRoles)
            .Concat(endpoint.Metadata.OfType<IAuthorizeData>().SelectMany(one => one.Roles?.Split(',') ?? [])).ToList();
        return roles.Count == 0 || roles.Contains(visitor) ? "open" : "forbidden";
    }

    static async Task<HttpStatusCode> CallAsync(HttpClient client, string key, string? project)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages") { Content = new StringContent("{\"model\":\"claude-haiku-4-5\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}") };
        request.Headers.Add("x-api-key", key);
        if (project is not null)
        {
            request.Headers.Add("x-governance-project", project);
        }
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The planted hole.</summary>
    sealed class LetsEverybodyIn : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            context.PendingRequirements.ToList().ForEach(context.Succeed);
            return Task.CompletedTask;
        }
    }
}
