using System.Net.Http.Json;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>A program that calls through the gateway with a key.</summary>
public sealed class Caller(AppProcess app, string key)
{
    /// <summary>One small call; answers its status.</summary>
    public async Task<int> CallAsync(string model)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/messages", UriKind.Relative))
        {
            Content = JsonContent.Create(new { model, max_tokens = 64, messages = new[] { new { role = "user", content = "Say hello in one sentence." } } }),
        };
        request.Headers.Add("x-api-key", key);
        using var answer = await app.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
