using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Tests.Proofs;

/// <summary>The built product as a process, set up by a document, in front of a provider. Verbs for what a client and an owner do, and the database for what became of it.</summary>
public sealed class Product : IAsyncDisposable
{
    /// <summary>The environment variable that names another store than the file in the data folder.</summary>
    public const string ConnectionVariable = "ConnectionStrings__Governance";

    const string ManagementKey = "proofs-management-key-0123456789";
    readonly string? _database;
    readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 4096, MaxResponseDrainSize = 0 }) { Timeout = TimeSpan.FromSeconds(100) };

    Product(AppProcess app, string key, string? database) => (App, Key, _database) = (app, key, database);

    public AppProcess App { get; }

    /// <summary>The secret of the document's own key.</summary>
    public string Key { get; }

    public static string NewKey(string id) => $"sk-gov-{id}-{RandomNumberGenerator.GetHexString(43, lowercase: true)}";

    /// <param name="provider">The address of the upstream <c>fake</c>; null for the sandbox alone.</param>
    /// <param name="sections">Further sections of the document.</param>
    /// <param name="dataFolder">Kept at the end where it is given.</param>
    public static async Task<Product> StartAsync(string? provider, string sections = Answers.PriceRows, string? dataFolder = null, string? key = null, params (string Name, string Value)[] environment)
    {
        key ??= NewKey("main");
        var folder = Directory.CreateTempSubdirectory("governance-document-");
        var file = Path.Combine(folder.FullName, "governance.yaml");
        await File.WriteAllTextAsync(file, Document(provider, sections));
        var variables = new Dictionary<string, string>
        {
            ["Governance__Bootstrap"] = file,
            ["Governance__ManagementKey"] = ManagementKey,
            ["PROOFS_KEY"] = key,
            ["PROOFS_UPSTREAM_KEY"] = "sk-operators-own",
            ["Governance__EnvironmentKeys__PROOFS_UPSTREAM_KEY"] = "127.0.0.1",
            ["Governance__EnvironmentKeys__NOT_SET_ANYWHERE"] = "127.0.0.1",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }
        try
        {
            return new Product(await AppProcess.StartAsync(new AppStart { Environment = variables, DataFolder = dataFolder, Furnish = MigratedFile.CopyTo, Timeout = TimeSpan.FromSeconds(90) }), key, variables.GetValueOrDefault(ConnectionVariable));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public Task<Reply> CallAsync(string body, string? key = null, params (string Name, string Value)[] headers) => SendAsync(Post(body, key ?? Key, headers));

    /// <summary>The answer as soon as its head is there; the body is still coming.</summary>
    public Task<HttpResponseMessage> StreamAsync(string body, string? key = null, CancellationToken cancellation = default) =>
        _client.SendAsync(Post(body, key ?? Key, []), HttpCompletionOption.ResponseHeadersRead, cancellation);

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request);
            return await Reply.ReadAsync(response);
        }
    }

    public HttpRequestMessage Post(string body, string key, IReadOnlyList<(string Name, string Value)> headers, string path = "v1/messages")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(App.Url, path)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("x-api-key", key);
        }
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value));
        }
        return request;
    }

    /// <summary>Applies sections of the document with the management key; answers what the product says of it.</summary>
    public async Task<JsonElement> ApplyAsync(string sections)
    {
        var reply = await TryApplyAsync(sections);
        Assert.True(reply.Status == 200, $"{reply.Text}\n{sections}");
        return reply.Json;
    }

    /// <summary>As <see cref="ApplyAsync"/> where a refusal is an answer too.</summary>
    public async Task<Reply> TryApplyAsync(string sections, string way = "apply")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(App.Url, $"api/policy/{way}")) { Content = new StringContent("apiVersion: governance/v1\n" + sections) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        return await SendAsync(request);
    }

    /// <summary>What <c>/health/ready</c> says.</summary>
    public Task<Reply> ReadyAsync() => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(App.Url, "health/ready")));

    /// <summary>A new project with one key <c>(id)-key</c>; answers the key's secret.</summary>
    public async Task<string> ProjectAsync(string id, string project = "", string key = "", string sections = "", string upstream = "fake")
    {
        var applied = await ApplyAsync($"projects:\n  - {{ id: {id}, name: {id}, upstreams: [{upstream}]{project}, keys: [{{ id: {id}-key{key} }}] }}\n{sections}");
        return applied.GetProperty("new_keys").EnumerateArray().Single().GetProperty("secret").GetString()!;
    }

    public IReadOnlyList<Row> Rows(string sql, params (string Name, object Value)[] parameters) => _database is null ? Row.Read(App.DatabasePath, sql, parameters) : Row.ReadPostgres(_database, sql, parameters);

    /// <summary>The entry of a call. An entry is written when the answer ends, which its client may see a moment earlier.</summary>
    public Task<Row> UsageOfAsync(Reply reply)
    {
        Assert.True(CallId.TryParse(reply.Header("request-id"), out var id), reply.Text);
        return UsageAsync("id = @id", ("@id", id.Value));
    }

    /// <summary>The one entry that meets a condition, waited for.</summary>
    public async Task<Row> UsageAsync(string condition, params (string Name, object Value)[] parameters) =>
        Assert.Single(await Eventually.ReadAsync(() => Rows("SELECT * FROM usage WHERE " + condition, parameters), rows => rows.Count > 0));

    public IReadOnlyList<Row> AuditOf(Reply reply) => Rows("SELECT * FROM audit WHERE request_id = @id ORDER BY id", ("@id", reply.Header("request-id")!));

    /// <summary>What a budget says over all its periods.</summary>
    public (long PostedNanos, long HeldNanos) Balance(string budget)
    {
        var row = Rows("SELECT COALESCE(SUM(posted_nanos), 0) AS posted, COALESCE(SUM(held_nanos), 0) AS held FROM balances WHERE budget_id = @id", ("@id", budget)).Single();
        return (row.Number("posted"), row.Number("held"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await App.DisposeAsync();
    }

    static string Document(string? provider, string sections)
    {
        var upstream = provider is null ? "{ id: fake, kind: sandbox }"
            : $"{{ id: fake, kind: anthropic, base_url: \"{provider}\", api_key_env: PROOFS_UPSTREAM_KEY, allow_private_network: true }}";
        return $$"""
            apiVersion: governance/v1
            workspace: { id: proofs, name: Proofs, plan: team }
            upstreams:
              - {{upstream}}
            projects:
              - { id: main, name: Main, upstreams: [fake], keys: [{ id: main-key, secret_env: PROOFS_KEY }] }
            {{sections}}
            """;
    }
}
