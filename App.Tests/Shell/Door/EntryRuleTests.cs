using System.Net;
using System.Reflection;
using Governance.Shell.Door;
using Governance.Tests.Members;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Shell.Door;

/// <summary>Every way in states who may take it; what states nothing is for nobody who is not signed in, and is found here.</summary>
public sealed class EntryRuleTests
{
    /// <summary>Everything that asks for no session. A line is added here by somebody who means it.</summary>
    static readonly string[] s_public =
    [
        "/", "/api/policy/apply", "/api/policy/export", "/api/policy/plan", "/dashboard/gallery", "/dashboard/gallery/plain", "/error", "/health/live", "/health/ready", "/metrics",
        "/not-found", "/openapi/v1.json", "/sign-in", "/sign-in/link", "/sign-out", "/theme", "/v1/messages", "/v1/messages/count_tokens", "/v1/models", "/v1/models/{model}", "/v1/{**rest}", "/welcome",
    ];

    [Fact]
    public async Task EveryEndpointOfTheRunningHostStatesItsRule()
    {
        // In Development files that no manifest names are served as well, to whoever is signed in.
        await using var host = new PeopleHost().With("environment", "Production");
        using var browser = host.Browser();
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.True(endpoints.Count > 40, $"Only {endpoints.Count} endpoints were seen.");
        Assert.Empty(Unstated(endpoints));

        var planted = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/planted"), 0, EndpointMetadataCollection.Empty, "planted");
        Assert.Equal(["/planted"], Unstated([.. endpoints, planted]));
        var open = endpoints.OfType<RouteEndpoint>().Where(one => one.Metadata.GetMetadata<IAllowAnonymous>() is not null && one.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .Select(Path).Where(path => !path.StartsWith("/_framework/", StringComparison.Ordinal)).Distinct();
        Assert.Equal(s_public, open.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryPageStatesItsRule()
    {
        var pages = typeof(EntryRules).Assembly.GetTypes().Where(type => type.IsDefined(typeof(RouteAttribute))).ToList();
        Assert.True(pages.Count > 10);
        Assert.Empty(Unstated(pages));
        Assert.Equal([typeof(PlantedPage)], Unstated([.. pages, typeof(PlantedPage)]));
    }

    [Fact]
    public async Task WhatStatesNothingIsForNobodyWhoIsNotSignedIn()
    {
        await using var host = new PeopleHost();
        using var browser = host.Browser();
        var fallback = await host.Services.GetRequiredService<IAuthorizationPolicyProvider>().GetFallbackPolicyAsync();
        Assert.Single(fallback!.Requirements.OfType<DenyAnonymousAuthorizationRequirement>());
        // What leads nowhere is not asked for a session, though.
        Assert.Equal("404", await PeopleHost.LeadsToAsync(browser, "/no-such-page"));
        using var put = await browser.PutAsync(new Uri("/theme", UriKind.Relative), null);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (put.StatusCode, put.Content.Headers.Allow.Order(StringComparer.Ordinal).Last()));
    }

    [Fact]
    public async Task PagesOfNobodyAndTheirFilesStayOpen()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser("192.0.2.7");
        foreach (var path in (string[])["/sign-in", "/error", "/app.css", "/shell.js", "/_framework/blazor.web.js", "/health/live"])
        {
            Assert.Equal("200", await PeopleHost.LeadsToAsync(visitor, path));
        }
        Assert.Equal("404", await PeopleHost.LeadsToAsync(visitor, "/not-found"));
        Assert.StartsWith("/sign-in?", await PeopleHost.LeadsToAsync(visitor, "/dashboard/usage"), StringComparison.Ordinal);
    }

    static IEnumerable<string> Unstated(IEnumerable<Endpoint> endpoints) => endpoints
        .Where(one => one.Metadata.GetMetadata<IAuthorizeData>() is null && one.Metadata.GetMetadata<IAllowAnonymous>() is null).OfType<RouteEndpoint>().Select(Path);

    static IEnumerable<Type> Unstated(IEnumerable<Type> pages) =>
        pages.Where(page => !page.GetCustomAttributes(inherit: true).Any(attribute => attribute is IAuthorizeData or IAllowAnonymous));

    static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    [Route("/planted")]
    sealed class PlantedPage : ComponentBase;
}
