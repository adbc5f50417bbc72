using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Upstreams.Sandbox;

public sealed class SandboxSdkTests
{
    static AnthropicClient Client() => new()
    {
        HttpClient = new HttpClient(new SandboxHandler(SandboxPacing.None)),
        BaseUrl = "http://sandbox.invalid",
        ApiKey = "none",
        MaxRetries = 0,
        ResponseValidation = true,
    };

    static MessageCreateParams Ask(string text) => new() { Model = "claude-sonnet-5", MaxTokens = 1_024, Messages = [new UserMessageParam(text)] };

    static Tool Weather => new()
    {
        Name = "get_weather",
        InputSchema = new() { Properties = new Dictionary<string, JsonElement> { ["place"] = JsonDocument.Parse("""{"type":"string"}""").RootElement }, Required = ["place"] },
    };

    [Fact]
    public async Task TheOfficialClientReadsAPlainAnswer()
    {
        var message = await Client().Messages.Create(Ask("Hello"));
        message.Validate();
        Assert.Equal("end_turn", message.StopReason?.Raw());
        Assert.True(message.Content.Single().TryPickText(out var text));
        Assert.Contains("You said: \"Hello\"", text.Text, StringComparison.Ordinal);
        Assert.Equal(2, message.Usage.InputTokens);
    }

    [Fact]
    public async Task TheOfficialClientReadsAStream()
    {
        var text = new StringBuilder();
        var last = "";
        await foreach (var data in Client().Messages.CreateStreaming(Ask("Hello [[think]]")))
        {
            data.Validate();
            if (data.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text.Append(piece.Text);
            }
            last = data.TryPickStop(out _) ? "stop" : last;
        }
        Assert.Equal("stop", last);
        Assert.EndsWith("No provider was called.", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheOfficialClientReadsAToolCall()
    {
        var message = await Client().Messages.Create(Ask("Use get_weather") with { Tools = [Weather] });
        message.Validate();
        Assert.Equal("tool_use", message.StopReason?.Raw());
        Assert.True(message.Content[^1].TryPickToolUse(out var call));
        Assert.Equal(("get_weather", "sandbox"), (call.Name, call.Input["place"].GetString()));
    }

    [Fact]
    public async Task TheOfficialClientReadsErrorsModelsAndCounts()
    {
        await Assert.ThrowsAsync<AnthropicOverloadedException>(() => Client().Messages.Create(Ask("[[error 529]]")));
        var models = await Client().Models.List();
        models.Validate();
        Assert.Equal(SandboxCatalog.Ids, models.Items.Select(model => model.ID));
        var counted = await Client().Messages.CountTokens(new() { Model = "claude-sonnet-5", Messages = [new UserMessageParam("Hello")] });
        Assert.Equal(2, counted.InputTokens);
    }
}
