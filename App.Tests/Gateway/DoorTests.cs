using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

/// <summary>What the addresses for machines make of requests that no client library would send.</summary>
[Collection(SharedProduct.Collection)]
public sealed class DoorTests(SharedProduct shared)
{
    const string ManagementKey = "proofs-management-key-0123456789";
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData("+{0}")]
    [InlineData("-{0}")]
    [InlineData("0x{0}")]
    [InlineData("{0},{0}")]
    [InlineData("{0}, {0}")]
    [InlineData("{0} {0}")]
    [InlineData("{0}.0")]
    [InlineData("{0}e0")]
    [InlineData("９")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public async Task ALengthIsDigitsAndNothingElse(string length)
    {
        var body = Answers.Call();
        var before = _provider.Requests.Count;
        var answer = await RawAsync("POST", "/v1/messages", $"content-length: {length.Replace("{0}", $"{Encoding.UTF8.GetByteCount(body)}", StringComparison.Ordinal)}\r\n", body);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Theory]
    [InlineData("/V1/MESSAGES")]
    [InlineData("/v1/Messages")]
    [InlineData("/v1/messages/")]
    [InlineData("/v1//messages")]
    [InlineData("//v1/messages")]
    [InlineData("/v1/%6dessages")]
    [InlineData("/%761/messages")]
    [InlineData("/x/../v1/messages")]
    [InlineData("/v1/./messages")]
    [InlineData("/v1/messages/.")]
    [InlineData("/v1/messages%2f")]
    [InlineData("/v1/messages;x=1")]
    public async Task AnOddSpellingOfThePathIsNotFound(string path)
    {
        var before = _provider.Requests.Count;
        Assert.StartsWith("HTTP/1.1 404 ", await CallAsync(path), StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages?beta=true")]
    [InlineData("http://localhost/v1/messages")]
    public async Task TheOnePathIsServed(string path) => Assert.StartsWith("HTTP/1.1 200 ", await CallAsync(path), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/health/live/", 404)]
    [InlineData("GET", "/Health/live", 404)]
    [InlineData("GET", "/health/%6cive", 404)]
    [InlineData("GET", "/metrics/", 404)]
    [InlineData("GET", "/METRICS", 404)]
    [InlineData("GET", "/api/policy/export/", 404)]
    [InlineData("GET", "/api/Policy/export", 404)]
    [InlineData("GET", "/v1/models/", 404)]
    [InlineData("GET", "/v1/Models/claude-sonnet-5", 404)]
    [InlineData("GET", "/v1/models/claude%2Dsonnet-5", 200)]
    [InlineData("GET", "/v1/models", 200)]
    [InlineData("GET", "/health/live", 200)]
    [InlineData("HEAD", "/health/ready", 200)]
    [InlineData("GET", "/api/policy/export", 200)]
    [InlineData("GET", "/metrics", 200)]
    public async Task TheOtherAddressesForMachinesAreAsStrict(string method, string path, int status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ", await RawAsync(method, path, path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase) ? "" : Managing), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/v1/messages", "POST")]
    [InlineData("PUT", "/v1/messages", "POST")]
    [InlineData("OPTIONS", "/v1/messages/count_tokens", "POST")]
    [InlineData("POST", "/v1/models", "GET")]
    [InlineData("DELETE", "/v1/models/claude-sonnet-5", "GET")]
    [InlineData("POST", "/health/live", "GET, HEAD")]
    [InlineData("DELETE", "/health/ready", "GET, HEAD")]
    [InlineData("POST", "/metrics", "GET")]
    [InlineData("POST", "/api/policy/export", "GET")]
    [InlineData("GET", "/api/policy/plan", "POST")]
    [InlineData("PUT", "/api/policy/apply", "POST")]
    [InlineData("BREW", "/v1/messages", "POST")]
    public async Task AnotherMethodIsToldWhichOneIsServed(string method, string path, string allowed)
    {
        var gateway = path.StartsWith("/v1/", StringComparison.Ordinal);
        var answer = await RawAsync(method, path, (gateway ? "" : Managing) + "content-length: 0\r\n");
        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nAllow: {allowed}\r\n", answer, StringComparison.Ordinal);
        var json = answer[answer.IndexOf('{', StringComparison.Ordinal)..(answer.LastIndexOf('}') + 1)];
        var error = JsonDocument.Parse(json).RootElement.GetProperty("error");
        Assert.Contains(allowed, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(gateway ? "invalid_request_error" : null, error.TryGetProperty("type", out var type) ? type.GetString() : null);
    }

    [Theory]
    [InlineData("v1/messages", "")]
    [InlineData("v1/messages", "\"model\":null,")]
    [InlineData("v1/messages", "\"model\":\"\",")]
    [InlineData("v1/messages", "\"model\":5,")]
    [InlineData("v1/messages/count_tokens", "")]
    [InlineData("v1/messages/count_tokens", "\"model\":null,")]
    public async Task ABodyWithoutAModelIsMalformed(string path, string model)
    {
        var before = _provider.Requests.Count;
        var body = $$"""{{{model}}"max_tokens":10,"messages":[{"role":"user","content":"hello"}]}""";
        Assert.StartsWith("model: ", (await _product.SendAsync(_product.Post(body, _product.Key, [], path))).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    static string Managing => $"authorization: Bearer {ManagementKey}\r\n";

    Task<string> CallAsync(string path)
    {
        var body = Answers.Call();
        return RawAsync("POST", path, $"content-length: {Encoding.UTF8.GetByteCount(body)}\r\n", body);
    }

    async Task<string> RawAsync(string method, string path, string headers, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_product.App.Url.Host, _product.App.Url.Port);
        await using var stream = client.GetStream();
        var key = headers.Contains("authorization", StringComparison.Ordinal) ? "" : $"x-api-key: {_product.Key}\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nhost: localhost\r\n{key}{headers}connection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
