using System.Net.Sockets;
using System.Text;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

[Collection(SharedProduct.Collection)]
public sealed class IdentityTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Fact]
    public async Task BothHeadersWithOneKeyAreTaken()
    {
        (await _product.CallAsync(Answers.Call(), "", ("authorization", $"Bearer {_product.Key}"))).Passed();
        (await _product.CallAsync(Answers.Call(), null, ("authorization", $"bearer {_product.Key}"))).Passed();
    }

    [Fact]
    public async Task TwoDifferentKeysAreRefused()
    {
        var other = await _product.ProjectAsync("twokeys");
        (await _product.CallAsync(Answers.Call(), null, ("authorization", $"Bearer {other}"))).Refused(400, "invalid_request_error");
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-ant-api03-something")]
    [InlineData("sk-gov-main-0000000000000000000000000000000000000000000")]
    [InlineData("sk-gov--")]
    public async Task WhoeverIsNotKnownIsRefused(string key)
    {
        var before = _provider.Requests.Count;
        (await _product.CallAsync(Answers.Call(), key)).Refused(401, "authentication_error");
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task ASecretThatDiffersInItsLastCharacterIsRefused()
    {
        var last = _product.Key[^1] == 'a' ? 'b' : 'a';
        (await _product.CallAsync(Answers.Call(), _product.Key[..^1] + last)).Refused(401, "authentication_error");
        (await _product.CallAsync(Answers.Call(), _product.Key + "a")).Refused(401, "authentication_error");
    }

    [Fact]
    public async Task AnExpiredKeyIsRefused()
    {
        var key = await _product.ProjectAsync("expired", key: ", expires_at: \"2026-01-01T00:00:00Z\"");
        Assert.Contains("expired", (await _product.CallAsync(Answers.Call(), key)).Refused(401, "authentication_error").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARevocationIsInForceOnTheNextRequest()
    {
        var key = await _product.ProjectAsync("revoked");
        (await _product.CallAsync(Answers.Call(), key)).Passed();
        await _product.ApplyAsync("projects:\n  - { id: revoked, name: revoked, upstreams: [fake], keys: [{ id: revoked-key, revoked: true }] }\n");
        Assert.Contains("revoked", (await _product.CallAsync(Answers.Call(), key)).Refused(401, "authentication_error").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("content-length: {0}\r\ntransfer-encoding: chunked")]
    [InlineData("transfer-encoding: chunked\r\ncontent-length: {0}")]
    public async Task BothFramingsAtOnceAreRefused(string framing)
    {
        var before = _provider.Requests.Count;
        var body = Answers.Call();
        var chunked = $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
        var answer = await RawAsync($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_product.Key}\r\ncontent-type: application/json\r\n{string.Format(System.Globalization.CultureInfo.InvariantCulture, framing, chunked.Length)}\r\nconnection: close\r\n\r\n{chunked}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task TwoLengthsAreRefused()
    {
        var body = Answers.Call();
        var answer = await RawAsync($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_product.Key}\r\ncontent-length: {body.Length}\r\ncontent-length: {body.Length + 1}\r\nconnection: close\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyThatIsSentTwiceIsRefused()
    {
        var body = Answers.Call();
        var answer = await RawAsync($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_product.Key}\r\nx-api-key: {_product.Key}\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersAttributeACallAsFarAsItsKeyAllows()
    {
        (string, string)[] asked = [("x-governance-feature", "search"), ("x-governance-employee", "eve@acme.test"), ("x-governance-session", "s-1"), ("x-governance-customer", "initech"), ("x-governance-department", "sales")];
        const string Own = ", attribution: { employee: jo@acme.test, workflow: checkout }";
        var restricted = await AttributedAsync("attributed", Own, asked);
        Assert.Equal(("search", "jo@acme.test", "checkout", "initech", "sales", "s-1"), restricted);
        var allowed = await AttributedAsync("refined", Own + ", attribution_override: allow", asked);
        Assert.Equal(("search", "eve@acme.test", "checkout", "initech", "sales", "s-1"), allowed);
        var denied = await AttributedAsync("fixed", Own + ", attribution_override: deny", asked);
        Assert.Equal((null, "jo@acme.test", "checkout", null, null, "s-1"), denied);
    }

    [Fact]
    public async Task ClaudeCodesSessionIsReadFromItsUserId()
    {
        var reply = (await _product.CallAsync(Answers.Call(more: ""","metadata":{"user_id":"{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"s-77\"}"}"""))).Passed();
        Assert.Equal("s-77", (await _product.UsageOfAsync(reply)).Text("session"));
    }

    async Task<(string? Feature, string? Employee, string? Workflow, string? Customer, string? Department, string? Session)> AttributedAsync(string id, string attribution, (string, string)[] headers)
    {
        var key = await _product.ProjectAsync(id, key: attribution);
        var row = await _product.UsageOfAsync((await _product.CallAsync(Answers.Call(), key, headers)).Passed());
        Assert.Equal((id, id + "-key", "proofs"), (row.Text("project"), row.Text("key"), row.Text("tenant")));
        return (row.Text("feature"), row.Text("employee"), row.Text("workflow"), row.Text("customer"), row.Text("department"), row.Text("session"));
    }

    /// <summary>Bytes as they are; no client library would send them.</summary>
    async Task<string> RawAsync(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_product.App.Url.Host, _product.App.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
