using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway.Surfaces;

/// <summary>A header says one thing, and what names somebody is taken as it is or refused.</summary>
[Collection(SharedProduct.Collection)]
public sealed class HeaderTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Theory]
    [InlineData("x-governance-mode", "eco, sport")]
    [InlineData("x-governance-mode", "eco,sport")]
    [InlineData("x-governance-mode", "1")]
    [InlineData("x-governance-mode", "eco sport")]
    [InlineData("x-prism-mode", "eco,balanced")]
    [InlineData("x-governance-task-type", "code,reasoning")]
    [InlineData("x-governance-task-type", "simple, simple")]
    [InlineData("x-governance-task-type", "2")]
    [InlineData("anthropic-version", "2023-06-01, 2026-10-21")]
    public async Task AListOrANumberWhereOneWordIsMeantIsRefused(string header, string value)
    {
        var before = _provider.Requests.Count;
        Assert.Contains(header, (await _product.CallAsync(Answers.Call(), null, (header, value))).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Theory]
    [InlineData("x-governance-mode", "eco", "sport")]
    [InlineData("x-governance-mode", "eco", "eco")]
    [InlineData("x-prism-mode", "eco", "eco")]
    [InlineData("x-governance-task-type", "code", "reasoning")]
    [InlineData("x-governance-session", "one", "two")]
    [InlineData("x-governance-customer", "one", "two")]
    [InlineData("x-governance-department", "one", "two")]
    [InlineData("x-governance-employee", "one", "two")]
    [InlineData("x-governance-feature", "one", "two")]
    [InlineData("x-governance-workflow", "one", "two")]
    [InlineData("anthropic-version", "2023-06-01", "2026-10-21")]
    [InlineData("content-type", "application/json", "text/plain")]
    public async Task AHeaderThatIsSentTwiceIsRefused(string header, string first, string second)
    {
        var before = _provider.Requests.Count;
        var answer = await RawAsync($"{header}: {first}\r\n{header}: {second}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains($"{header}: ", answer[answer.IndexOf("\"message\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task TwoNamesOfTheModeMustAgree()
    {
        Assert.Contains("x-prism-mode", (await _product.CallAsync(Answers.Call(), null, ("x-governance-mode", "eco"), ("x-prism-mode", "sport"))).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);
        (await _product.CallAsync(Answers.Call(), null, ("x-governance-mode", "eco"), ("x-prism-mode", "Eco"))).Passed();
        (await _product.CallAsync(Answers.Call(), null, ("x-prism-mode", "sport"))).Passed();
    }

    [Fact]
    public async Task AQueryThatNamesBetaTwiceIsRefused()
    {
        var twice = _product.Post(Answers.Call(), _product.Key, [], "v1/messages?beta=true&beta=false");
        Assert.Contains("beta", (await _product.SendAsync(twice)).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);
        (await _product.SendAsync(_product.Post(Answers.Call(), _product.Key, [], "v1/messages?beta=true"))).Passed();
    }

    [Theory]
    [InlineData("x-governance-customer", "customer", CallHeaders.MaxNameLength)]
    [InlineData("x-governance-department", "department", CallHeaders.MaxNameLength)]
    [InlineData("x-governance-employee", "employee", CallHeaders.MaxNameLength)]
    [InlineData("x-governance-feature", "feature", CallHeaders.MaxNameLength)]
    [InlineData("x-governance-workflow", "workflow", CallHeaders.MaxNameLength)]
    [InlineData("x-governance-session", "session", CallHeaders.MaxSessionLength)]
    public async Task ANameCountsWholeUpToItsLimitAndIsRefusedAboveIt(string header, string column, int limit)
    {
        var longest = new string('n', limit - 12) + ", Jurgen Ltd";
        var row = await _product.UsageOfAsync((await _product.CallAsync(Answers.Call(), null, (header, longest))).Passed());
        Assert.Equal(longest, row.Text(column));
        var before = _provider.Requests.Count;
        var refused = (await _product.CallAsync(Answers.Call(), null, (header, longest + "x"))).Refused(400, "invalid_request_error");
        Assert.Equal($"{header}: the name has {limit + 1} characters, more than the limit of {limit}; send a shorter one.", refused.Message);
        Assert.Equal(before, _provider.Requests.Count);
    }

    [Fact]
    public async Task ANameInAnotherScriptStaysAsItIs()
    {
        Assert.StartsWith("HTTP/1.1 200", await RawAsync("x-governance-customer: Jürgen & 山田"), StringComparison.Ordinal);
        Assert.Equal("Jürgen & 山田", (await _product.UsageAsync("customer = @customer", ("@customer", "Jürgen & 山田"))).Text("customer"));
    }

    [Fact]
    public async Task AHeaderThatTheKeyDoesNotHeedIsNoFault()
    {
        var key = await _product.ProjectAsync("heedless", key: ", attribution_override: deny");
        (await _product.CallAsync(Answers.Call(), key, ("x-governance-customer", new string('c', 1_000)))).Passed();
    }

    [Fact]
    public async Task UserIdsThatDifferOnlyAtTheirEndAreTwoSessions()
    {
        // As Claude Code writes it: 159 characters, the session at the end.
        var user = $"user_{new string('a', 64)}_account_{Guid.NewGuid()}_session_";
        foreach (var session in (string[])[user + Guid.NewGuid(), user + Guid.NewGuid()])
        {
            Assert.Equal(159, session.Length);
            Assert.Equal(session, (await _product.UsageOfAsync((await _product.CallAsync(User(session))).Passed())).Text("session"));
        }
    }

    [Theory]
    [InlineData(513, false, "513 characters, more than the limit of 512")]
    [InlineData(513, true, "513 characters, more than the limit of 512")]
    [InlineData(2_000, false, "longer than 1024 characters, the limit; it has 2000")]
    public async Task AUserIdAboveTheLimitIsRefusedAlsoByTheCount(int length, bool wrapped, string why)
    {
        var user = new string('u', length);
        var body = User(wrapped ? $$"""{"session_id":"{{user}}"}""" : user);
        var before = _provider.Requests.Count;
        foreach (var path in (string[])["v1/messages", "v1/messages/count_tokens"])
        {
            var message = (await _product.SendAsync(_product.Post(body, _product.Key, [], path))).Refused(400, "invalid_request_error").Message;
            Assert.Contains("metadata.user_id", message, StringComparison.Ordinal);
            Assert.Contains(why, message, StringComparison.Ordinal);
        }
        Assert.Equal(before, _provider.Requests.Count);
        // Where a header names the session, the user id does not have to.
        if (length < 1_000)
        {
            (await _product.CallAsync(body, null, ("x-governance-session", "s"))).Passed();
        }
    }

    [Fact]
    public async Task AControlCharacterInAUserIdIsRefused() =>
        Assert.Contains("control character", (await _product.CallAsync(User("s\0x"))).Refused(400, "invalid_request_error").Message, StringComparison.Ordinal);

    static string User(string id) => Answers.Call(more: $$""","metadata":{"user_id":{{JsonSerializer.Serialize(id)}}}""");

    /// <summary>Lines of headers as they are; a client library would join them.</summary>
    async Task<string> RawAsync(string headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_product.App.Url.Host, _product.App.Url.Port);
        await using var stream = client.GetStream();
        var body = Answers.Call();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: {_product.Key}\r\n{headers}\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
