using System.Text;
using System.Text.Json.Nodes;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Metering;

/// <summary>A stream that a provider might send: its usage in any order, with nulls, repeats, falls, items, splits and modifiers, and cut anywhere.</summary>
sealed class RandomAnswer
{
    static readonly string[] s_models =
    [
        "claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-opus-4-6", "claude-opus-4-6-20260205", "claude-opus-4-8", "claude-opus-4-8-20260601",
        "claude-sonnet-4", "claude-3-7-sonnet", "claude-sonnet-5-5-latest", "claude-haiku-4-5-20251001",
    ];

    readonly Random random;

    public RandomAnswer(Random random)
    {
        this.random = random;
        Asked = One(s_models);
        OneHour = Coin(3);
        var events = Events();
        var text = string.Concat(events.Select(each => $"event: {each["type"]}\ndata: {each.ToJsonString()}\n\n"));
        Body = Encoding.UTF8.GetBytes(text);
        if (Coin(8))
        {
            Body = Body[..random.Next(Body.Length)];
            IsCut = true;
        }
    }

    public string Asked { get; }
    public bool OneHour { get; }
    public byte[] Body { get; }
    public bool IsCut { get; }
    /// <summary>The usage objects in the order in which they were sent.</summary>
    public List<JsonObject> Usages { get; } = [];
    /// <summary>Something was sent that nobody can price.</summary>
    public bool IsUnknown { get; private set; }
    /// <summary>What was sent can be read in more than one way.</summary>
    public bool IsDoubtful { get; private set; }

    List<JsonObject> Events()
    {
        var total = Totals();
        var start = Earlier(total);
        Modify(start);
        var events = new List<JsonObject> { new() { ["type"] = "message_start", ["message"] = new JsonObject { ["type"] = "message", ["model"] = Coin(4) ? null : Asked, ["stop_reason"] = null, ["usage"] = Said(start) } } };
        for (var i = random.Next(3); i > 0; i--)
        {
            events.Add(new() { ["type"] = "content_block_delta", ["index"] = 0, ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = "message_stop \"stop_reason\": \"end_turn\"" } });
        }
        if (Coin(4))
        {
            events.Add(Delta(null, Said(Earlier(total))));
        }
        events.Add(Delta("end_turn", Said(Final(total))));
        if (!Coin(6))
        {
            events.Add(new() { ["type"] = "message_stop" });
        }
        return events;
    }

    JsonObject Delta(string? reason, JsonObject usage)
    {
        var delta = new JsonObject { ["stop_reason"] = reason, ["stop_sequence"] = null };
        return Coin() ? new() { ["type"] = "message_delta", ["delta"] = delta, ["usage"] = usage } : new() { ["usage"] = usage, ["delta"] = delta, ["type"] = "message_delta" };
    }

    JsonObject Totals()
    {
        var (five, hour) = (Coin() ? 0L : Tokens(), OneHour && Coin() ? Tokens() : 0L);
        return new()
        {
            ["input_tokens"] = Tokens(), ["cache_read_input_tokens"] = Coin() ? 0L : Tokens(), ["cache_creation_input_tokens"] = five + hour,
            ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = five, ["ephemeral_1h_input_tokens"] = hour }, ["output_tokens"] = 1 + Tokens(),
        };
    }

    /// <summary>What is said before the end: less of the output, and of the prompt the same, or less, or (rarely) more.</summary>
    JsonObject Earlier(JsonObject total)
    {
        var usage = (JsonObject)total.DeepClone();
        usage["output_tokens"] = (long)random.Next(1, (int)Math.Min(int.MaxValue, (long)total["output_tokens"]!) + 1);
        if (Coin(5))
        {
            usage["input_tokens"] = (long)total["input_tokens"]! / 2;
            usage["cache_read_input_tokens"] = 0L;
        }
        if (Coin(8))
        {
            // An estimate that turns out too high, which the end takes back.
            usage["input_tokens"] = (long)total["input_tokens"]! + Tokens();
            IsDoubtful = true;
        }
        return usage;
    }

    JsonObject Final(JsonObject total)
    {
        var usage = (JsonObject)total.DeepClone();
        usage.Remove("cache_creation");
        if (Coin(4))
        {
            // Nobody says how long these live.
            usage["cache_creation_input_tokens"] = (long)usage["cache_creation_input_tokens"]! + Tokens();
        }
        if (Coin(4))
        {
            foreach (var name in new[] { "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens" }.Where(_ => Coin()))
            {
                usage[name] = null;
            }
        }
        if (Coin(6))
        {
            usage["server_tool_use"] = new JsonObject { ["web_search_requests"] = (long)random.Next(5), ["web_fetch_requests"] = (long)random.Next(5), ["tool_search_requests"] = (long)random.Next(5) };
        }
        if (Coin(4))
        {
            Itemise(usage, total);
        }
        if (Coin(10))
        {
            usage["output_tokens"] = (long)usage["output_tokens"]! / 2;
            IsDoubtful = true;
        }
        if (Coin(12))
        {
            usage["quantum_tokens"] = 7L;
            IsUnknown = true;
        }
        return usage;
    }

    /// <summary>Items that add up to the totals, and some that are billed on top; sometimes a declined first attempt, and sometimes they do not add up.</summary>
    void Itemise(JsonObject usage, JsonObject total)
    {
        var (input, output) = ((long)(usage["input_tokens"] ?? total["input_tokens"])!, (long)usage["output_tokens"]!);
        var first = Coin() ? 0 : random.NextInt64(output);
        var items = new JsonArray { Item("message", null, input / 2, first), Item("message", null, input - (input / 2), output - first) };
        usage["cache_read_input_tokens"] = 0L;
        usage["cache_creation_input_tokens"] = 0L;
        IsDoubtful = true;
        if (Coin())
        {
            items.Add(Item("compaction", null, Tokens(), Tokens()));
        }
        if (Coin())
        {
            items.Add(Item("advisor_message", One(s_models), Tokens(), Tokens()));
        }
        if (Coin(3))
        {
            items = [Item("message", Asked, Tokens(), 0), Item("fallback_message", One(s_models), input, output)];
        }
        if (Coin(5))
        {
            items.Add(Item("message", null, Tokens(), Tokens()));
        }
        usage["iterations"] = items;
    }

    static JsonObject Item(string kind, string? model, long input, long output)
    {
        var item = new JsonObject { ["type"] = kind, ["input_tokens"] = input, ["output_tokens"] = output, ["cache_read_input_tokens"] = 0L, ["cache_creation_input_tokens"] = 0L };
        if (model is not null)
        {
            item["model"] = model;
        }
        return item;
    }

    void Modify(JsonObject usage)
    {
        if (Coin())
        {
            usage["service_tier"] = One(["standard", "standard", "batch", "priority", "express"]);
        }
        if (Coin(3))
        {
            usage["inference_geo"] = One(["us", "global", "not_available", "mars"]);
        }
        if (Coin(3))
        {
            usage["speed"] = One(["standard", "fast", "warp"]);
        }
        IsUnknown |= (string?)usage["service_tier"] == "express" || (string?)usage["inference_geo"] == "mars" || (string?)usage["speed"] == "warp";
    }

    /// <summary>Notes what is sent, with its fields in any order.</summary>
    JsonObject Said(JsonObject usage)
    {
        Usages.Add(usage);
        var fields = usage.ToArray();
        random.Shuffle(fields);
        return new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
    }

    long Tokens() => random.Next(4) switch { 0 => random.Next(10), 1 => random.Next(2_000), 2 => random.Next(60_000), _ => random.Next(300_000) };

    bool Coin(int of = 2) => random.Next(of) == 0;

    T One<T>(T[] all) => all[random.Next(all.Length)];
}
