using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Projects;

namespace Governance.Ledger.Holds;

/// <summary>How a call is written into its hold. The code for it is made at build time, because it runs for every call.</summary>
static class HoldText
{
    public static string Write(LedgerCall call) => JsonSerializer.Serialize(call, HoldJson.Default.LedgerCall);

    /// <summary>As <see cref="Read(string)"/>, and null also where it is another call than its row's.</summary>
    public static LedgerCall? Read(string text, long id) => Read(text) is { } call && call.Id.Value == id ? call : null;

    /// <summary>Null where it is no call: one row that was damaged must not keep back what stands beside it.</summary>
    public static LedgerCall? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, HoldJson.Default.LedgerCall) is { Estimate.Nanos: >= 0 } call ? call : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The shapes of <see cref="HoldText"/>; money and ids as their whole numbers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LedgerCall))]
[JsonSerializable(typeof(Attribution))]
[JsonSerializable(typeof(Money))]
sealed partial class HoldJson : JsonSerializerContext;
