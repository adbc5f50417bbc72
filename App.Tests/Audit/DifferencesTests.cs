using System.Text.Json;
using Governance.Audit;

namespace Governance.Tests.Audit;

public sealed class DifferencesTests
{
    /// <summary>before, after, and each difference as <c>field: before → after (step)</c> or <c>field: −item +item =kept</c>.</summary>
    [Theory]
    [InlineData("""{"cap":"50.00"}""", """{"cap":"75.00"}""", "Cap: $50.00 → $75.00 [+$25.00 (+50 %)]")]
    [InlineData("""{"cap":"75.00"}""", """{"cap":"50.00"}""", "Cap: $75.00 → $50.00 [−$25.00 (−33.3 %)]")]
    [InlineData("""{"cap":"0.00"}""", """{"cap":"50.00"}""", "Cap: $0.00 → $50.00 [+$50.00]")]
    [InlineData("""{"posted_usd":"1.50","cap":"5.00"}""", """{"posted_usd":"1.75","cap":"5.00"}""", "Posted: $1.50 → $1.75 [+$0.25 (+16.7 %)]")]
    [InlineData("""{"name":"1.50"}""", """{"name":"2.50"}""", "Name: 1.50 → 2.50")]
    [InlineData("""{"tokens":1000}""", """{"tokens":250000}""", "Tokens: 1,000 → 250,000 [+249,000 (+24,900 %)]")]
    [InlineData("""{"hard_block":true}""", """{"hard_block":false}""", "Hard block: yes → no")]
    [InlineData("""{"owner":"a@b.test"}""", "{}", "Owner: a@b.test → (not set)")]
    [InlineData("{}", """{"owner":"a@b.test"}""", "Owner: (not set) → a@b.test")]
    [InlineData("""{"owner":null}""", """{"owner":"a@b.test"}""", "Owner: (not set) → a@b.test")]
    [InlineData("""{"owner":null}""", "{}", "")]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"b":{"c":2},"a":1}""", "")]
    [InlineData("""{"attribution":{"employee":"x","team":"y"}}""", """{"attribution":{"employee":"z","team":"y"}}""", "Attribution › employee: x → z")]
    [InlineData("""{"models":["opus","haiku"]}""", """{"models":["opus","sonnet"]}""", "Models: −haiku +sonnet =1")]
    [InlineData("""{"models":["a","a"]}""", """{"models":["a"]}""", "Models: −a =1")]
    [InlineData("""{"models":["a","b"]}""", """{"models":["b","a"]}""", "Models: a, b → b, a")]
    [InlineData("{}", """{"models":["a"]}""", "Models: +a =0")]
    [InlineData("""{"scope":[{"kind":"project","id":"x"}]}""", """{"scope":[{"kind":"project","id":"x"},{"kind":"model","id":"opus"}]}""", "Scope: +model opus =1")]
    [InlineData("""{"thresholds":[{"percent":80,"email":true}]}""", """{"thresholds":[{"percent":90,"email":true}]}""", "Thresholds: −percent 80, email yes +percent 90, email yes =0")]
    [InlineData("""{"value":"text"}""", """{"value":["text"]}""", "Value: text → text")]
    [InlineData(null, """{"id":"x","cap":"5.00"}""", "Id: (not set) → x|Cap: (not set) → $5.00")]
    [InlineData("""{"id":"x"}""", null, "Id: x → (not set)")]
    [InlineData(null, null, "")]
    public void OnlyChangedFieldsAreTold(string? before, string? after, string expected) =>
        Assert.Equal(expected, string.Join("|", Differences.Between(Parse(before), Parse(after)).Select(Text)));

    static JsonElement? Parse(string? json) => json is null ? null : JsonDocument.Parse(json).RootElement;

    static string Text(Difference difference) => difference switch
    {
        ValueDifference value => $"{value.Field}: {value.Before ?? "(not set)"} → {value.After ?? "(not set)"}{(value.Step is null ? "" : $" [{value.Step}]")}",
        ListDifference list => $"{list.Field}: {string.Concat(list.Removed.Select(item => $"−{item} "))}{string.Concat(list.Added.Select(item => $"+{item} "))}={list.Kept}",
        _ => throw new InvalidOperationException(),
    };
}
