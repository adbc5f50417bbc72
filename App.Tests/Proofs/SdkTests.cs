using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace Governance.Tests.Proofs;

/// <summary>The official C# client, unchanged, against the running product and its sandbox.</summary>
public sealed class SdkTests(SandboxProduct sandbox) : IClassFixture<SandboxProduct>, IDisposable
{
    readonly CountingHandler _count = new();

    public void Dispose() => _count.Dispose();

    AnthropicClient Client(string key) => new() { HttpClient = new HttpClient(_count, disposeHandler: false), BaseUrl = sandbox.Product.App.Url.AbsoluteUri.TrimEnd('/'), ApiKey = key, ResponseValidation = true };

    static MessageCreateParams Ask(string text = "Hello", string model = "claude-sonnet-5") => new() { Model = model, MaxTokens = 1_024, Messages = [new UserMessageParam(text)] };

    [Fact]
    public async Task APlainAnswerIsReadAndCharged()
    {
        var message = await Client(sandbox.Product.Key).Messages.Create(Ask());
        message.Validate();
        Assert.True(message.Content.Single().TryPickText(out var text));
        Assert.Contains("You said: \"Hello\"", text.Text, StringComparison.Ordinal);
        Assert.Equal(1, _count.Requests);
    }

    [Fact]
    public async Task AStreamIsReadToItsEnd()
    {
        var text = new StringBuilder();
        var stopped = false;
        await foreach (var data in Client(sandbox.Product.Key).Messages.CreateStreaming(Ask()))
        {
            data.Validate();
            if (data.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text.Append(piece.Text);
            }
            stopped |= data.TryPickStop(out _);
        }
        Assert.True(stopped);
        Assert.EndsWith("No provider was called.", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AToolIsCalled()
    {
        var weather = new Tool
        {
            Name = "get_weather",
            InputSchema = new() { Properties = new Dictionary<string, JsonElement> { ["place"] = JsonDocument.Parse("""{"type":"string"}""").RootElement }, Required = ["place"] },
        };
        var message = await Client(sandbox.Product.Key).Messages.Create(Ask("Use get_weather") with { Tools = [weather] });
        Assert.Equal("tool_use", message.StopReason?.Raw());
        Assert.True(message.Content[^1].TryPickToolUse(out var call));
        Assert.Equal("get_weather", call.Name);
    }

    [Fact]
    public async Task ADeniedModelIsShownAfterOneRequest()
    {
        var denied = await Assert.ThrowsAsync<AnthropicForbiddenException>(() => Client(sandbox.Product.Key).Messages.Create(Ask(model: "claude-opus-5-5")));
        Assert.Contains("Model 'claude-opus' is denied by project policy", denied.Message, StringComparison.Ordinal);
        Assert.Equal(1, _count.Requests);
    }

    [Fact]
    public async Task AnExhaustedBudgetIsShownAfterOneRequest()
    {
        var exhausted = await Assert.ThrowsAsync<AnthropicPaymentRequiredException>(() => Client(sandbox.PoorKey).Messages.Create(Ask()));
        Assert.Contains("Project would exceed monthly cap of $0.001", exhausted.Message, StringComparison.Ordinal);
        Assert.Equal(1, _count.Requests);
    }

    [Fact]
    public async Task AnOverlongInputIsShownAfterOneRequest()
    {
        var overlong = await Assert.ThrowsAsync<AnthropicForbiddenException>(() => Client(sandbox.ShortKey).Messages.Create(Ask(string.Concat(Enumerable.Repeat("word ", 500)))));
        Assert.Contains("exceeds the 50 allowed by project policy", overlong.Message, StringComparison.Ordinal);
        Assert.Equal(1, _count.Requests);
    }

    [Fact]
    public async Task AStreamThatIsRefusedIsShownAfterOneRequest()
    {
        var denied = await Assert.ThrowsAsync<AnthropicForbiddenException>(async () =>
        {
            await foreach (var _ in Client(sandbox.Product.Key).Messages.CreateStreaming(Ask(model: "claude-opus-5-5")))
            {
            }
        });
        Assert.Contains("denied by project policy", denied.Message, StringComparison.Ordinal);
        Assert.Equal(1, _count.Requests);
    }

    sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        int _requests;

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
