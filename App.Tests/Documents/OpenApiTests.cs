using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Shell.Door;
using Governance.Tests.Members;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Documents;

/// <summary>The description of the interfaces has every route that programs use and no other, and real answers have the shapes that it says.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    const string Key = "a-management-key-of-some-length";
    const string Secret = "sk-gov-described-0123456789abcdef0123456789abcdef012";
    readonly PeopleHost _host = new PeopleHost().With("Governance:ManagementKey", Key);
    HttpClient _client = null!;
    JsonDocument _described = null!;

    JsonElement Root => _described.RootElement;

    public async Task InitializeAsync()
    {
        _client = _host.Browser("192.0.2.7");
        _described = JsonDocument.Parse(await _client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
    }

    public async Task DisposeAsync()
    {
        _described.Dispose();
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public void EveryRouteOfProgramsIsDescribedAndNoOther()
    {
        var described = (from path in Root.GetProperty("paths").EnumerateObject() from method in path.Value.EnumerateObject() select $"{method.Name.ToUpperInvariant()} {path.Name}").Order(StringComparer.Ordinal).ToList();
        var endpoints = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.Equal(Routes(endpoints), described);

        var planted = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/api/policy/planted"), 0,
            new EndpointMetadataCollection(new EntryRule("management key"), new HttpMethodMetadata(["POST"])), "planted");
        Assert.Equal(["POST /api/policy/planted"], Routes([.. endpoints, planted]).Except(described));
    }

    [Fact]
    public void EveryReferenceLeadsSomewhereAndEveryOperationSaysWhatItNeeds()
    {
        var references = Regex.Matches(Root.GetRawText(), "\"\\$ref\": ?\"#/([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(references.Count > 20);
        Assert.All(references, reference => Assert.NotEqual(JsonValueKind.Undefined, Follow(reference).ValueKind));
        Assert.All(from path in Root.GetProperty("paths").EnumerateObject() from method in path.Value.EnumerateObject() select method.Value, operation =>
        {
            Assert.True(operation.TryGetProperty("security", out _) && operation.GetProperty("summary").GetString()!.Length > 5);
            Assert.NotEmpty(operation.GetProperty("responses").EnumerateObject());
        });
    }

    [Fact]
    public async Task AnswersHaveTheShapesThatAreDescribed()
    {
        const string Document = """
            apiVersion: governance/v1
            members: [{ email: lea@acme.test, role: auditor }]
            projects: [{ id: described, name: Described, upstreams: [sandbox], keys: [{ id: told-once }] }]
            rules: [{ id: no-opus, type: deny_model, scope: { project: described }, models: [claude-opus] }]
            budgets: [{ id: small, scope: { project: described, model: claude-sonnet }, cap_usd: "0.000001" }]
            """;
        var planned = await AskAsync("POST", "/api/policy/plan", Key, Document, 200);
        Assert.False(planned.GetProperty("applied").GetBoolean());
        var applied = await AskAsync("POST", "/api/policy/apply", Key, Document, 200);
        Assert.NotEmpty(applied.GetProperty("changes").EnumerateArray());
        Assert.NotEmpty(applied.GetProperty("sign_in_links").EnumerateArray());
        var secret = applied.GetProperty("new_keys")[0].GetProperty("secret").GetString()!;
        await AskAsync("POST", "/api/policy/plan", Key, "apiVersion: governance/v9", 400);
        await AskAsync("POST", "/api/policy/plan", null, Document, 401);
        await AskAsync("GET", "/health/ready", Key, null, 200);
        await AskAsync("GET", "/health/ready", null, null, 200);
        await AskAsync("GET", "/metrics", null, null, 401);

        await AskAsync("POST", "/v1/messages", secret, Call("claude-haiku-4-5"), 200);
        await AskAsync("POST", "/v1/messages", secret, Call("claude-opus-4-5"), 403);
        await AskAsync("POST", "/v1/messages", secret, Call("claude-sonnet-5"), 402);
        await AskAsync("POST", "/v1/messages", secret, "{}", 400);
        await AskAsync("POST", "/v1/messages", Secret, Call("claude-haiku-4-5"), 401);
        await AskAsync("POST", "/v1/messages/count_tokens", secret, Call("claude-haiku-4-5"), 200);
        var models = await AskAsync("GET", "/v1/models", secret, null, 200);
        await AskAsync("GET", "/v1/models/{model}", secret, null, 200, models.GetProperty("data")[0].GetProperty("id").GetString());
        await AskAsync("GET", "/v1/models/{model}", secret, null, 404, "nobody-has-it");

        Assert.Throws<Xunit.Sdk.TrueException>(() => Fits(JsonDocument.Parse("""{"error":{"message":1}}""").RootElement, Follow("components/schemas/Error"), "planted"));
        Assert.Throws<Xunit.Sdk.TrueException>(() => Fits(JsonDocument.Parse("""{"error":{"message":"m"},"more":1}""").RootElement, Follow("components/schemas/Error"), "planted"));
    }

    [Fact]
    public async Task TheExportIsYamlAndOtherMethodsAreToldWhichThereIs()
    {
        using var request = Request("GET", "/api/policy/export", Key, null);
        using var answer = await _client.SendAsync(request);
        Assert.Equal("application/yaml", answer.Content.Headers.ContentType?.MediaType);
        using var head = await _client.PostAsync(new Uri("/openapi/v1.json", UriKind.Relative), null);
        Assert.Equal((405, "GET"), ((int)head.StatusCode, Assert.Single(head.Content.Headers.Allow)));
    }

    [Fact]
    public void TheManualShowsACommandForEachRouteAndNoOther()
    {
        var manual = File.ReadAllText(Path.Combine(AppProcess.RepositoryFolder, "docs", "management-api.md"));
        var shown = Regex.Matches(manual.Replace("\\\n", " ", StringComparison.Ordinal), @"^curl (?<options>.*?)""?\$URL(?<path>/[^\s""'?]*)[^\n]*$", RegexOptions.Multiline)
            .Select(line => $"{(Regex.IsMatch(line.Value, @"\s(-d|--data-binary)\s") ? "POST" : "GET")} {Pattern(line.Groups["path"].Value)}").Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(Routes(_host.Services.GetRequiredService<EndpointDataSource>().Endpoints), shown);

        static string Pattern(string path) => path.StartsWith("/v1/models/", StringComparison.Ordinal) ? "/v1/models/{model}" : path;
    }

    static string Call(string model) => $$"""{"model":"{{model}}","max_tokens":64,"messages":[{"role":"user","content":"hello"}]}""";

    /// <summary>Routes for programs with the methods that they serve; a probe's HEAD is a GET without its body.</summary>
    static List<string> Routes(IEnumerable<Endpoint> endpoints) =>
    [
        .. from endpoint in endpoints.OfType<RouteEndpoint>()
           where endpoint.Metadata.GetMetadata<EntryRule>() is not null
           from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
           where method != "HEAD"
           let route = $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"
           orderby route
           select route,
    ];

    static HttpRequestMessage Request(string method, string path, string? key, string? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        return request;
    }

    /// <summary>Asks, and holds the answer against what is described for its status.</summary>
    async Task<JsonElement> AskAsync(string method, string path, string? key, string? body, int status, string? model = null)
    {
        using var request = Request(method, path.Replace("{model}", model, StringComparison.Ordinal), key, body);
        using var answer = await _client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{method} {path}: {(int)answer.StatusCode} {text}");
        var responses = Root.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant()).GetProperty("responses");
        var response = Resolve(responses.GetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var json = JsonDocument.Parse(text).RootElement;
        Fits(json, response.GetProperty("content").GetProperty("application/json").GetProperty("schema"), $"{method} {path} {status}");
        if (response.TryGetProperty("headers", out var headers) && headers.TryGetProperty("request-id", out _))
        {
            Assert.True(answer.Headers.Contains("request-id"));
        }
        // No header of ours stays undescribed.
        Assert.All(answer.Headers.Where(header => header.Key.StartsWith("x-governance-", StringComparison.OrdinalIgnoreCase)).Select(header => header.Key.ToLowerInvariant()),
            header => Assert.True(headers.ValueKind == JsonValueKind.Object && headers.TryGetProperty(header, out _) || header == "x-governance-estimated", $"{path}: {header}"));
        return json;
    }

    /// <summary>As much of JSON Schema as the description uses.</summary>
    void Fits(JsonElement value, JsonElement schema, string where)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("anyOf", out var any))
        {
            Assert.True(any.EnumerateArray().Any(one => Passes(value, one, where)), $"{where}: fits none: {value}");
            return;
        }
        if (schema.TryGetProperty("type", out var type))
        {
            string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)] : [type.GetString()!];
            Assert.True(types.Contains(TypeOf(value)) || (TypeOf(value) == "integer" && types.Contains("number")), $"{where}: {value} is no {string.Join(" or ", types)}");
        }
        Assert.True(!schema.TryGetProperty("const", out var only) || only.GetString() == value.GetString(), $"{where}: {value}");
        Assert.True(!schema.TryGetProperty("enum", out var words) || words.EnumerateArray().Any(word => word.GetString() == value.GetString()), $"{where}: {value}");
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            Assert.All(value.EnumerateArray(), item => Fits(item, items, where + "[]"));
        }
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            Assert.True(!schema.TryGetProperty("required", out var required) || required.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)), $"{where}: {value} lacks one of {required}");
            foreach (var property in value.EnumerateObject())
            {
                var isKnown = properties.TryGetProperty(property.Name, out var inner);
                Assert.True(isKnown || schema.GetProperty("additionalProperties").GetBoolean(), $"{where}: {property.Name} is not described");
                if (isKnown)
                {
                    Fits(property.Value, inner, $"{where}.{property.Name}");
                }
            }
        }
    }

    bool Passes(JsonElement value, JsonElement schema, string where)
    {
        try
        {
            Fits(value, schema, where);
            return true;
        }
        catch (Xunit.Sdk.XunitException)
        {
            return false;
        }
    }

    JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out var reference) ? Follow(reference.GetString()![2..]) : schema;

    JsonElement Follow(string path) => path.Split('/').Aggregate(Root, (at, name) => at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var inner) ? inner : default);

    static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => value.TryGetInt64(out _) ? "integer" : "number",
    };
}
