using Governance.Shell.Controls;

namespace Governance.Projects;

/// <summary>The first call in the languages of the official clients, ready to paste.</summary>
[Pure]
static class CallSnippets
{
    public const string Model = "claude-haiku-4-5";
    const string Question = "Say hello in one sentence.";

    /// <summary>The body of the call.</summary>
    public const string Body = $$"""{"model":"{{Model}}","max_tokens":64,"messages":[{"role":"user","content":"{{Question}}"}]}""";

    /// <summary>For the address of this product, with its slash, and a key's secret.</summary>
    public static IReadOnlyList<Snippet> For(string address, string secret)
    {
        var root = address.TrimEnd('/');
        return
        [
            new("cURL", Curl(root, secret)),
            new("Python", $$"""
                from anthropic import Anthropic

                client = Anthropic(base_url="{{root}}", api_key="{{secret}}")
                message = client.messages.create(
                    model="{{Model}}",
                    max_tokens=64,
                    messages=[{"role": "user", "content": "{{Question}}"}],
                )
                print(message.content)
                """),
            new("TypeScript", $$"""
                import Anthropic from "@anthropic-ai/sdk";

                const client = new Anthropic({ baseURL: "{{root}}", apiKey: "{{secret}}" });
                const message = await client.messages.create({
                  model: "{{Model}}",
                  max_tokens: 64,
                  messages: [{ role: "user", content: "{{Question}}" }],
                });
                console.log(message.content);
                """),
            new("C#", $$"""
                using Anthropic;
                using Anthropic.Models.Messages;

                AnthropicClient client = new() { BaseUrl = "{{root}}", ApiKey = "{{secret}}" };
                var message = await client.Messages.Create(new()
                {
                    Model = "{{Model}}",
                    MaxTokens = 64,
                    Messages = [new() { Role = Role.User, Content = "{{Question}}" }],
                });
                Console.WriteLine(message);
                """),
        ];
    }

    static string Curl(string root, string secret) => $"""
        curl {root}/v1/messages \
          -H "x-api-key: {secret}" \
          -H "content-type: application/json" \
          -d '{Body}'
        """;
}
