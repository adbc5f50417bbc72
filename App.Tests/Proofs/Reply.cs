using System.Text;
using System.Text.Json;

namespace Governance.Tests.Proofs;

/// <summary>What a client got: everything of it.</summary>
public sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement Error => Json.GetProperty("error");

    public string Message => Error.GetProperty("message").GetString()!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers).Concat(response.TrailingHeaders)
            .ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value));
        return new Reply((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>A refusal of the gateway's own: the envelope, both ids, no retry, no wait beyond a minute.</summary>
    public Reply Refused(int status, string type)
    {
        Assert.True(status == Status, $"{Status} instead of {status}: {Text}");
        Assert.Equal("error", Json.GetProperty("type").GetString());
        Assert.Equal(type, Error.GetProperty("type").GetString());
        Assert.False(string.IsNullOrWhiteSpace(Message));
        Assert.StartsWith("req_", Header("request-id"), StringComparison.Ordinal);
        Assert.Equal(Header("request-id"), Header("x-request-id"));
        Assert.Equal(Header("request-id"), Json.GetProperty("request_id").GetString());
        Assert.Equal("false", Header("x-should-retry"));
        Assert.True(Header("retry-after") is not { } wait || int.Parse(wait, System.Globalization.CultureInfo.InvariantCulture) is > 0 and <= 60);
        return this;
    }

    public Reply Passed()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        Assert.StartsWith("req_", Header("request-id"), StringComparison.Ordinal);
        Assert.Equal(Header("request-id"), Header("x-request-id"));
        return this;
    }
}
