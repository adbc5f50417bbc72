using System.Net;
using AngleSharp.Html.Parser;
using Governance.Operations.Start;
using Governance.Projects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members;

/// <summary>The real host on a database of its own, with a clock that tests move and visitors from wherever they say.</summary>
/// <param name="connection">A PostgreSQL database; null for a file.</param>
sealed class PeopleHost(string? connection) : WebApplicationFactory<Program>
{
    public const string Email = "maria@acme.test";
    public const string Password = "correct horse battery";
    const string AddressHeader = "Test-Address";
    readonly DirectoryInfo data = System.IO.Directory.CreateTempSubdirectory("governance-people-");
    readonly Dictionary<string, string> settings = [];

    public PeopleHost(Store store = Store.Sqlite)
        : this(store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null)
    {
    }

    public MovedClock Clock { get; } = new();

    /// <summary>The path of the link that the console prints, with the token of this start.</summary>
    public string Welcome => Services.GetRequiredService<SetupToken>().PrintedPath;

    /// <summary>Services that stand in for the host's.</summary>
    public Action<IServiceCollection>? Further { get; init; }

    public PeopleHost With(string setting, string value)
    {
        settings[setting] = value;
        return this;
    }

    /// <summary>A browser with its own cookies. It follows no redirect.</summary>
    public HttpClient Browser(string address = "127.0.0.1")
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = new Uri("http://localhost") });
        client.DefaultRequestHeaders.Add(AddressHeader, address);
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    /// <summary>A browser in which the owner has just set the workspace up.</summary>
    public async Task<HttpClient> OwnerAsync()
    {
        var browser = Browser();
        using var made = await PostAsync(browser, Welcome, "welcome", ("workspace", "Acme"), ("email", Email), ("password", Password));
        Assert.Contains("You are in", await made.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return browser;
    }

    /// <summary>Fills in the form of a page as a browser does.</summary>
    public static Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, string handler, params (string Name, string Value)[] fields) =>
        PostFromAsync(browser, path, path, handler, fields);

    /// <summary>Sends to one page what another page's form allows.</summary>
    public static async Task<HttpResponseMessage> PostFromAsync(HttpClient browser, string from, string path, string handler, params (string Name, string Value)[] fields)
    {
        using var page = await browser.GetAsync(new Uri(from, UriKind.Relative));
        var document = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync());
        var token = document.QuerySelector("input[name=__RequestVerificationToken]")?.GetAttribute("value") ?? "";
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("_handler", handler), new("__RequestVerificationToken", token)]);
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form);
    }

    /// <summary>Where a signed-in page leads now: 200, or the address of the redirect.</summary>
    public static async Task<string> LeadsToAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        return answer.Headers.Location is { } location ? (location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString) : ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSolutionRelativeContentRoot(".", "Governance.sln");
        if (connection is null)
        {
            MigratedFile.CopyTo(Path.Combine(data.FullName, "governance.db"));
        }
        builder.UseSetting("ConnectionStrings:Governance", connection ?? $"Data Source={Path.Combine(data.FullName, "governance.db")}");
        builder.UseSetting("Governance:Journal:Folder", data.FullName);
        builder.UseSetting(FirstSteps.ShowSetting, "true");
        foreach (var (setting, value) in settings)
        {
            builder.UseSetting(setting, value);
        }
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Clock);
            services.AddSingleton<IStartupFilter>(new Visitors());
            Further?.Invoke(services);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        data.Delete(recursive: true);
    }

    /// <summary>The wall clock, put forward; timers and stopwatches stay real.</summary>
    internal sealed class MovedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }

    sealed class Visitors : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, following) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.TryParse(context.Request.Headers[AddressHeader], out var address) ? address : null;
                return following(context);
            });
            next(app);
        };
    }
}
