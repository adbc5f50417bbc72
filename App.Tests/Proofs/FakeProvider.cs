using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Proofs;

/// <summary>A request as the provider got it.</summary>
public sealed record ProviderRequest(long Number, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

    public string Model => Json.GetProperty("model").GetString()!;

    public bool Stream => Json.TryGetProperty("stream", out var stream) && stream.GetBoolean();

    public long MaxTokens => Json.GetProperty("max_tokens").GetInt64();

    /// <summary>The id that a test put into the call.</summary>
    public string? User => Json.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("user_id", out var user) ? user.GetString() : null;

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What the provider answers, and what it bills for it.</summary>
public sealed record ProviderAnswer
{
    public int Status { get; init; } = 200;
    public string ContentType { get; init; } = "application/json";
    public byte[] Body { get; init; } = [];
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
    public long BillNanos { get; init; }
    /// <summary>Plays the body instead of sending it at once.</summary>
    public Func<HttpContext, byte[], Task>? Play { get; init; }
}

/// <summary>One line of the provider's own books.</summary>
public sealed record ProviderEntry(long Number, string? User, string Model, long BillNanos);

/// <summary>An upstream in the process of the tests: a function from request to answer, with books of its own. An entry is on file before the answer begins, so that no end of the product can lose it.</summary>
public sealed class FakeProvider : IAsyncDisposable
{
    readonly WebApplication _host;
    readonly FileStream _books;
    readonly string _folder = Directory.CreateTempSubdirectory("governance-provider-").FullName;
    readonly Lock _gate = new();
    readonly List<ProviderRequest> _requests = [];
    long _number;

    FakeProvider(WebApplication host)
    {
        _host = host;
        _books = new FileStream(Path.Combine(_folder, "books.jsonl"), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    public Func<ProviderRequest, ProviderAnswer> Answer { get; set; } = Answers.Message;

    public string Url => _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>All requests so far, in the order in which they came.</summary>
    public IReadOnlyList<ProviderRequest> Requests
    {
        get { lock (_gate) { return [.. _requests]; } }
    }

    public static async Task<FakeProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            // It answers with whatever a test wants of it.
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        var host = builder.Build();
        var provider = new FakeProvider(host);
        host.Run(provider.HandleAsync);
        await host.StartAsync();
        return provider;
    }

    /// <summary>The books as they are on file.</summary>
    public IReadOnlyList<ProviderEntry> ReadBooks()
    {
        using var file = new FileStream(Path.Combine(_folder, "books.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ProviderEntry>(line)!)];
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _books.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body);
        }
        catch (IOException)
        {
            // Whoever sent it was killed before it was complete: no provider answers or bills that.
            return;
        }
        var headers = context.Request.Headers.ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => pair.Value.ToString());
        var request = new ProviderRequest(Interlocked.Increment(ref _number), context.Request.Path, context.Request.QueryString.Value ?? "", headers, body.ToArray());
        var answer = Answer(request);
        Enter(request, answer);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers["request-id"] = $"up_{request.Number}";
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }
        try
        {
            await (answer.Play?.Invoke(context, answer.Body) ?? context.Response.Body.WriteAsync(answer.Body).AsTask());
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The product went away.
        }
    }

    void Enter(ProviderRequest request, ProviderAnswer answer)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(new ProviderEntry(request.Number, request.User, request.Model, answer.BillNanos));
        lock (_gate)
        {
            _requests.Add(request);
            _books.Write([.. line, (byte)'\n']);
            _books.Flush();
        }
    }
}
