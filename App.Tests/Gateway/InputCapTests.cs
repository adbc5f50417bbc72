using Governance.Tests.Gateway.Surfaces.Anthropic.Reading;
using Governance.Tests.Proofs;

namespace Governance.Tests.Gateway;

/// <summary>A cap on input is passed neither by odd text nor by packed documents, and no large file of one page meets it for its bytes.</summary>
[Collection(SharedProduct.Collection)]
public sealed class InputCapTests(SharedProduct shared)
{
    readonly Product _product = shared.Product;
    readonly FakeProvider _provider = shared.FreshProvider();

    [Fact]
    public async Task WhatCountsIsWhatTheProviderReads()
    {
        var key = await _product.ProjectAsync("capped-input", sections: "rules:\n  - { id: capped-input-3k, type: max_input_tokens, scope: { project: capped-input }, tokens: 3000, state: enforced }\n");
        var before = _provider.Requests.Count;
        foreach (var odd in (string[])["\\u0000", "\\u0001", " ", "\\t", "\\n", "\\u007f", "\\u200b", "\\u0301", "\\ue000"])
        {
            await RefusedAsync(Answers.Call(text: string.Concat(Enumerable.Repeat(odd, 100_000))), key);
        }
        await RefusedAsync(File("document", "application/pdf", Pdf.Packed(40)), key);
        await RefusedAsync(File("document", "application/pdf", [0, 1, 2, 3]), key);
        await RefusedAsync(File("image", "image/png", [0, 1, 2, 3]), key);
        Assert.Equal(before, _provider.Requests.Count);
        (await _product.CallAsync(File("document", "application/pdf", Pdf.Plain(1, padding: 600_000)), key)).Passed();
    }

    async Task RefusedAsync(string body, string key) =>
        Assert.Equal("INPUT_TOKENS_EXCEEDED", (await _product.CallAsync(body, key)).Refused(403, "policy_rule").Error.GetProperty("deny_code").GetString());

    static string File(string type, string media, byte[] file) =>
        $$$"""{"model":"{{{Answers.Model}}}","max_tokens":100,"messages":[{"role":"user","content":[{"type":"{{{type}}}","source":{"type":"base64","media_type":"{{{media}}}","data":"{{{Convert.ToBase64String(file)}}}"}}]}]}""";
}
