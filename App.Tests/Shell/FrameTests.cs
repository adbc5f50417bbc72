using System.Net;
using AngleSharp.Html.Parser;
using Governance.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;

namespace Governance.Tests.Shell;

/// <summary>The frame's middleware on a host of its own: headers on every answer, pages of failure for people, bare statuses for programs.</summary>
public sealed class FrameTests : IAsyncLifetime
{
    WebApplication app = null!;
    HttpClient client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ApplicationName = "App" });
        builder.WebHost.UseTestServer();
        builder.Services.AddShell();
        app = builder.Build();
        app.UseShell();
        app.UseAntiforgery();
        app.MapRazorComponents<Document>().AddInteractiveServerRenderMode();
        app.MapPost("/theme", Choose);
        app.MapGet("/broken", Break);
        app.MapGet("/forbidden", Forbid);
        await app.StartAsync();
        client = app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("/error")]
    [InlineData("/broken")]
    [InlineData("/no-such-page")]
    public async Task EveryAnswerForbidsForeignScriptsAndFrames(string path)
    {
        using var answer = await GetPageAsync(path);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
    }

    [Theory]
    [InlineData("/no-such-page", HttpStatusCode.NotFound, "There is no such page")]
    [InlineData("/dashboard/gallery", HttpStatusCode.NotFound, "There is no such page")]
    [InlineData("/forbidden", HttpStatusCode.Forbidden, "You do not have access")]
    [InlineData("/broken", HttpStatusCode.InternalServerError, "Something failed on our side")]
    public async Task PeopleGetAPageAndTheTrueStatus(string path, HttpStatusCode status, string title)
    {
        using var answer = await GetPageAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(title, new HtmlParser().ParseDocument(text).QuerySelector("h1")!.TextContent);
        Assert.DoesNotContain("secret detail", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no-such-page", HttpStatusCode.NotFound)]
    [InlineData("/broken", HttpStatusCode.InternalServerError)]
    public async Task ProgramsGetABareStatus(string path, HttpStatusCode status)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AFormWithoutItsTokenIsRefusedWithAPage()
    {
        using var form = new FormUrlEncodedContent([new("theme", "dark")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/theme") { Content = form };
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("The form was not accepted", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Headers, header => header.Key == "Set-Cookie" && header.Value.Any(value => value.StartsWith("governance-theme", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("dark", "dark", "dark", "standard-dark-base.css")]
    [InlineData("light", "light", "light", "standard-base.css")]
    [InlineData("\"><script>", "system", "light dark", null)]
    public async Task TheCookieDecidesTheSheetsOfTheFirstByte(string cookie, string theme, string scheme, string? sheet)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/error");
        request.Headers.Add("Cookie", "governance-theme=" + Uri.EscapeDataString(cookie));
        using var answer = await client.SendAsync(request);
        var document = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync());
        Assert.Equal(theme, document.DocumentElement.GetAttribute("data-theme"));
        Assert.Equal(scheme, document.QuerySelector("meta[name=color-scheme]")!.GetAttribute("content"));
        Assert.Equal(sheet, document.QuerySelector("link[data-sheet]")?.GetAttribute("href")?.Split('/')[^1]);
        Assert.All(document.Scripts, script => Assert.NotNull(script.Source));
    }

    static IResult Choose(HttpContext context, IFormCollection form) => ThemeCookie.Choose(context, form);

    static IResult Break() => throw new InvalidOperationException("secret detail");

    static IResult Forbid() => Results.StatusCode(StatusCodes.Status403Forbidden);

    async Task<HttpResponseMessage> GetPageAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        return await client.SendAsync(request);
    }
}
