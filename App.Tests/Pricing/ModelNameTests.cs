using Governance.Pricing;

namespace Governance.Tests.Pricing;

/// <summary>Every spelling of a model is the same model, and a pattern names neither less nor more than it says.</summary>
public sealed class ModelNameTests
{
    [Theory]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-20251101", true)]
    [InlineData("claude-opus-4-5-latest", "claude-opus-4-5-20251101", true)]
    [InlineData("anthropic/claude-opus-4.5", "us.anthropic.claude-opus-4-5-20251101-v1:0", true)]
    [InlineData("claude-3-5-sonnet", "claude-sonnet-3-5-20241022", true)]
    [InlineData("gpt-4o", "gpt-4o-2024-08-06", true)]
    [InlineData("claude-opus-4-5-20251101", "claude-opus-4-5-20251102", false)]
    [InlineData("claude-opus-4", "claude-opus-4-5-20251101", false)]
    [InlineData("claude-opus-4-5", "claude-opus-4-5-2025110", false)]
    [InlineData("gpt-4", "gpt-4-0613", false)]
    [InlineData("-20251101", "", false)]
    [InlineData("", "", false)]
    public void AliasAndDatedIdAreOneModelInBothDirections(string left, string right, bool same)
    {
        Assert.Equal(same, ModelName.AreSame(left, right));
        Assert.Equal(same, ModelName.AreSame(right, left));
        if (same)
        {
            // A rule or a budget that names the one counts the other.
            Assert.True(ModelName.Matches(left, right) && ModelName.Matches(right, left));
        }
    }

    [Theory]
    [InlineData("claude-opus-4-8", "claude-opus-4-8")]
    [InlineData("claude-opus-4.8", "claude-opus-4-8")]
    [InlineData("  Claude-Opus-4-8\t", "claude-opus-4-8")]
    [InlineData("Claude Opus 4.8", "claude-opus-4-8")]
    [InlineData("anthropic/claude-opus-4.8", "claude-opus-4-8")]
    [InlineData("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8")]
    [InlineData("openrouter/anthropic/claude-opus-4.8:thinking", "claude-opus-4-8")]
    [InlineData("anthropic:claude-opus-4-8", "claude-opus-4-8")]
    [InlineData("vertex_ai/claude-opus-4@20250514", "claude-opus-4-20250514")]
    [InlineData("vertex_ai/claude-opus-4-8@default", "claude-opus-4-8")]
    [InlineData("publishers/anthropic/models/claude-opus-4@20250514", "claude-opus-4-20250514")]
    [InlineData("us.anthropic.claude-opus-4-20250514-v1:0", "claude-opus-4-20250514")]
    [InlineData("eu.anthropic.claude-opus-4-6-v1", "claude-opus-4-6")]
    [InlineData("apac.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-20241022")]
    [InlineData("global.anthropic.claude-sonnet-4-6", "claude-sonnet-4-6")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku-20240307")]
    [InlineData("bedrock/us-gov-west-1/anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-1-20250805")]
    [InlineData("anthropic.claude-v2:1", "claude-v2")]
    [InlineData("amazon.titan-embed-text-v2:0", "titan-embed-text-v2")]
    [InlineData("claude-opus-5-5[1m]", "claude-opus-5-5")]
    [InlineData("claude-3-opus-latest", "claude-3-opus-latest")]
    [InlineData("gpt-5.6-sol", "gpt-5-6-sol")]
    [InlineData("openai/gpt-4o-2024-08-06", "gpt-4o-2024-08-06")]
    [InlineData("ft:gpt-4o-2024-08-06", "ft-gpt-4o-2024-08-06")]
    [InlineData("models/gemini-3.8-flash", "gemini-3-8-flash")]
    [InlineData("llama3:8b", "llama3-8b")]
    [InlineData("ＣＬＡＵＤＥ－opus-4-8", "claude-opus-4-8")]
    [InlineData("claude\u200b-opus\u2011\u00ad4\u22128", "claude-opus-4-8")]
    [InlineData("claude-opus-4-8\0", "claude-opus-4-8")]
    [InlineData("claude--opus-4-8-/", "claude-opus-4-8")]
    [InlineData("", "")]
    [InlineData("///", "")]
    [InlineData(null, "")]
    public void EverySpellingHasOneCanonicalName(string? spelling, string expected)
    {
        Assert.Equal(expected, ModelName.Canonical(spelling));
        Assert.Equal(expected, ModelName.Canonical(expected));
    }

    [Theory]
    [InlineData("claude-opus", "claude-opus-4-8")]
    [InlineData("claude-opus", "claude-opus-4-20250514")]
    [InlineData("claude-opus", "claude-opus-4-1-20250805")]
    [InlineData("claude-opus", "claude-opus-5-5")]
    [InlineData("claude-opus", "claude-opus")]
    [InlineData("claude-opus", "claude-3-opus-20240229")]
    [InlineData("claude-opus", "claude-4-opus-20250514")]
    [InlineData("claude-opus", "claude-3-opus-latest")]
    [InlineData("claude-opus", "anthropic/claude-opus-4.8")]
    [InlineData("claude-opus", "us.anthropic.claude-opus-4-20250514-v1:0")]
    [InlineData("claude-opus", "anthropic.claude-3-opus-20240229-v1:0")]
    [InlineData("claude-opus", "vertex_ai/claude-opus-4@20250514")]
    [InlineData("claude-opus", "CLAUDE-OPUS-5-5[1m]")]
    [InlineData("claude-opus", "claude_opus_4_8")]
    [InlineData("Claude Opus", "claude-opus-4-8")]
    [InlineData("CLAUDE-OPUS ", "claude-opus-4-8")]
    [InlineData("opus", "claude-opus-4-8")]
    [InlineData("opus", "claude-3-opus-20240229")]
    [InlineData("anthropic/claude-opus", "claude-opus-4-8")]
    [InlineData("claude-opus-4", "claude-opus-4")]
    [InlineData("claude-opus-4", "claude-opus-4-20250514")]
    [InlineData("claude-opus-4", "claude-opus-4-8")]
    [InlineData("claude-opus-4", "claude-4-opus-20250514")]
    [InlineData("claude-4-opus", "claude-opus-4-20250514")]
    [InlineData("claude-opus-4.8", "claude-opus-4-8")]
    [InlineData("claude-opus-4-1", "claude-opus-4-1-20250805")]
    [InlineData("claude-3-5-sonnet", "claude-3-5-sonnet-20241022")]
    [InlineData("claude-sonnet-3-5", "anthropic.claude-3-5-sonnet-20241022-v2:0")]
    [InlineData("claude-3", "claude-3-opus-20240229")]
    [InlineData("claude", "claude-haiku-5-5")]
    [InlineData("gpt-5", "gpt-5")]
    [InlineData("gpt-5", "gpt-5-mini")]
    [InlineData("gpt-5", "gpt-5.6-sol")]
    [InlineData("gpt-5", "openai/gpt-5-nano-2025-08-07")]
    [InlineData("gpt-5*", "gpt-50")]
    [InlineData("gpt-4o", "ft:gpt-4o-2024-08-06:acme::id")]
    [InlineData("*", "anything-at-all")]
    [InlineData("*opus*", "claude-3-opus-20240229")]
    [InlineData("claude-*-opus", "claude-3-opus-20240229")]
    [InlineData("claude-*-4", "claude-opus-4-8")]
    [InlineData("claude-opus-*", "claude-opus-4-8")]
    [InlineData("*-mini", "gpt-5-mini-2025-08-07")]
    [InlineData("*/claude-opus*", "claude-opus-4-8")]
    [InlineData("anthropic/*", "claude-opus-4-8")]
    [InlineData("anthropic/*", "openrouter/anthropic/whatever-1")]
    [InlineData("openai/*", "gpt-5")]
    [InlineData("gemini-3.8-flash", "models/gemini-3.8-flash")]
    public void PatternNamesTheModel(string pattern, string model) => Assert.True(ModelName.Matches(pattern, model));

    [Theory]
    [InlineData("claude-opus", "claude-sonnet-4-6")]
    [InlineData("claude-opus", "claude-opusculum-1")]
    [InlineData("claude-opus", "not-claude-opus")]
    [InlineData("claude-opus", "claude-3-5-sonnet-20241022")]
    [InlineData("claude-opus", "opus-magnum-llm")]
    [InlineData("claude-opus", "")]
    [InlineData("claude-opus", null)]
    [InlineData("claude-opus-4-1", "claude-opus-4-10")]
    [InlineData("claude-opus-4-1", "claude-opus-4")]
    [InlineData("claude-opus-4-8", "claude-opus-4-20250514")]
    [InlineData("claude-opus-4-20250514", "claude-opus-4-8")]
    [InlineData("claude-opus-5", "claude-3-5-opus")]
    [InlineData("claude-opus-4", "claude-opus-5-4")]
    [InlineData("claude-3-opus", "claude-opus-4-8")]
    [InlineData("gpt-5", "gpt-50")]
    [InlineData("gpt-5", "gpt-5o")]
    [InlineData("gpt-5", "gpt-4")]
    [InlineData("gpt-4", "gpt-4o")]
    [InlineData("gpt-5-mini", "gpt-5")]
    [InlineData("opus", "gpt-5-opus")]
    [InlineData("openai/*", "claude-opus-4-8")]
    [InlineData("anthropic/*", "gpt-5")]
    [InlineData("unheard-of/*", "gpt-5")]
    [InlineData("*-mini", "gpt-5-minimal")]
    [InlineData("claude-*-opus", "claude-3-sonnet-20240229")]
    [InlineData("", "claude-opus-4-8")]
    [InlineData("/", "claude-opus-4-8")]
    [InlineData(null, "claude-opus-4-8")]
    [InlineData("*", "")]
    public void PatternDoesNotNameTheModel(string? pattern, string? model) => Assert.False(ModelName.Matches(pattern, model));

    [Fact]
    public void AnyTextIsAName()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        const string Alphabet = "claude-opus4.8/:@[]*\ud800\udc00 \u200bİß漢-v10";
        for (var i = 0; i < 20_000; i++)
        {
            var model = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var name = ModelName.Canonical(model);
            Assert.True(name == name.Trim('-', ' ', '/'), $"seed {seed}: '{model}' became '{name}'");
            _ = ModelName.Matches(model, model);
        }
    }
}
