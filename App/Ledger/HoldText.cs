using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Ledger;

/// <summary>How a call is written into its hold. The code for it is made at build time, because it runs for every call.</summary>
static class HoldText
{
    public static string Write(LedgerCall call) => JsonSerializer.Serialize(call, HoldJson.Default.LedgerCall);

    public static LedgerCall Read(string text) => JsonSerializer.Deserialize(text, HoldJson.Default.LedgerCall) ?? throw new JsonException("A hold is null.");
}

/// <summary>The shapes of <see cref="HoldText"/>; money and ids as their whole numbers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(LedgerCall))]
[JsonSerializable(typeof(Attribution))]
[JsonSerializable(typeof(Money))]
sealed partial class HoldJson : JsonSerializerContext;
