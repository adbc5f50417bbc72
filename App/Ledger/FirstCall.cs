using Governance.Shell;

namespace Governance.Ledger;

/// <summary>How to send the first call, in the languages that people copy from.</summary>
[Pure]
static class FirstCall
{
    /// <param name="address">Where this process answers, with its slash.</param>
    public static IReadOnlyList<Snippet> Snippets(string address)
    {
        var root = address.TrimEnd('/');
        return
        [
            new("cURL", $$"""
                curl {{root}}/v1/messages \
                  -H "x-api-key: sk-gov-YOUR-KEY" \
                  -H "anthropic-version: 2023-06-01" \
                  -H "content-type: application/json" \
                  -d '{"model":"{{Model}}","max_tokens":64,"messages":[{"role":"user","content":"Hello"}]}'
                """),
            new("Python", $$"""
                from anthropic import Anthropic

                client = Anthropic(base_url="{{root}}", api_key="sk-gov-YOUR-KEY")
                print(client.messages.create(model="{{Model}}", max_tokens=64, messages=[{"role": "user", "content": "Hello"}]))
                """),
            new("TypeScript", $$"""
                import Anthropic from "@anthropic-ai/sdk";

                const client = new Anthropic({ baseURL: "{{root}}", apiKey: "sk-gov-YOUR-KEY" });
                console.log(await client.messages.create({ model: "{{Model}}", max_tokens: 64, messages: [{ role: "user", content: "Hello" }] }));
                """),
        ];
    }

    const string Model = "claude-haiku-4-5";
}
