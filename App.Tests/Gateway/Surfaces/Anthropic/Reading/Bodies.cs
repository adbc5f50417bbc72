using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Bodies as clients send them, and short ways to read one.</summary>
static class Bodies
{
    public const string Small = """{"model":"claude-sonnet-5","max_tokens":1024,"messages":[{"role":"user","content":"hello"}]}""";

    static readonly JsonSerializerOptions AsClientsWrite = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The small body with further top-level properties.</summary>
    public static string With(string more) => Small[..^1] + "," + more + "}";

    /// <summary>A body with one user message of these blocks.</summary>
    public static string Content(string blocks) =>
        $$"""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":{{blocks}}}]}""";

    public static ReadResult Read(string body, ReadLimits? limits = null) =>
        RequestReader.Read(Encoding.UTF8.GetBytes(body), limits ?? ReadLimits.Default);

    public static RequestFacts Facts(string body, ReadLimits? limits = null)
    {
        var result = Read(body, limits);
        Assert.True(result is ReadFacts, (result as ReadFault)?.Message);
        return ((ReadFacts)result).Facts;
    }

    public static ReadFault Fault(string body, ReadLimits? limits = null) => Assert.IsType<ReadFault>(Read(body, limits));

    /// <summary>What a coding agent sends: 12 tools, thinking, a system message in mid-conversation, about 48 KB.</summary>
    public static string CodingAgent()
    {
        var tools = new JsonArray();
        foreach (var name in (string[])["Bash", "Edit", "Glob", "Grep", "Read", "Write", "NotebookEdit", "WebFetch", "WebSearch", "Task", "TodoWrite", "Skill"])
            tools.Add(JsonNode.Parse(Tool(name)));
        var prompt = string.Join('\n', Enumerable.Range(0, 40).Select(index =>
            string.Create(CultureInfo.InvariantCulture, $"{index}. You are an agent that helps with \"software\" tasks.\nUse the tools; keep answers short, and do not guess URLs.")));
        return JsonSerializer.Serialize(new JsonObject
        {
            ["model"] = "claude-opus-5-5",
            ["messages"] = JsonNode.Parse("""
                [{"role":"user","content":[{"type":"text","text":"<system-reminder>\nAs you answer, mind the notes.\n</system-reminder>"},
                  {"type":"text","text":"Please look at the ledger and say what is wrong.","cache_control":{"type":"ephemeral"}}]},
                 {"role":"assistant","content":[{"type":"thinking","thinking":"The user wants a look.","signature":"c2lnbmF0dXJl"},
                  {"type":"tool_use","id":"toolu_1","name":"Read","input":{"file_path":"/src/Ledger.cs","model":"not-a-model"}}]},
                 {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"1 namespace Ledger;"}]}]},
                 {"role":"system","content":"The plan mode is off."}]
                """),
            ["system"] = new JsonArray(
                JsonNode.Parse("""{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330; cc_entrypoint=sdk-cli"}"""),
                new JsonObject { ["type"] = "text", ["text"] = prompt, ["cache_control"] = JsonNode.Parse("""{"type":"ephemeral","ttl":"1h"}""") }),
            ["tools"] = tools,
            ["metadata"] = JsonNode.Parse("""{"user_id":"{\"device_id\":\"d\",\"session_id\":\"s\"}"}"""),
            ["max_tokens"] = 128_000,
            ["thinking"] = JsonNode.Parse("""{"type":"adaptive","display":"omitted"}"""),
            ["context_management"] = JsonNode.Parse("""{"edits":[{"type":"clear_thinking_20251015","keep":"all"}]}"""),
            ["output_config"] = JsonNode.Parse("""{"effort":"high"}"""),
            ["something_new"] = JsonNode.Parse("""{"nested":[1,2,{"three":null}]}"""),
            ["stream"] = true,
        }, AsClientsWrite);
    }

    static string Tool(string name)
    {
        var description = string.Concat(Enumerable.Repeat("Runs one thing and gives back what it printed.\\nUse absolute paths, and \\\"quote\\\" them. ", 28));
        return $$$"""
            {"name":"{{{name}}}","description":"{{{description}}}","input_schema":{"type":"object","$schema":"http://json-schema.org/draft-07/schema#",
             "properties":{"path":{"type":"string","description":"The path"},"model":{"type":"string","enum":["opus","sonnet"]},
             "limit":{"type":"number","description":"How many"},"options":{"type":"object","properties":{"deep":{"type":"boolean"} } } },
             "required":["path"],"additionalProperties":false} }
            """;
    }
}
