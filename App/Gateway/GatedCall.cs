using Governance.Audit;
using Governance.Decisions;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Upstreams;
using Governance.Ledger;
using Governance.Policies;
using Governance.Pricing;

namespace Governance.Gateway;

/// <summary>A call that the rules let through: everything that holding, forwarding and settling need.</summary>
sealed record GatedCall
{
    public required LedgerCall Ledger { get; init; }
    public required Caller Caller { get; init; }
    public required RequestFacts Facts { get; init; }
    public required UpstreamEntry Upstream { get; init; }
    public required ModelPrice Price { get; init; }
    /// <summary>Of every other model that the body names.</summary>
    public IReadOnlyList<ModelPrice> OtherPrices { get; init; } = [];
    public required CallEstimate Estimate { get; init; }
    /// <summary>Null where the plan skips the policy stage.</summary>
    public PolicyDecision? Decision { get; init; }
    /// <summary>The book that priced the estimate and will price the answer.</summary>
    public required PriceBook Prices { get; init; }
    /// <summary>What the trail is told when the hold is taken; null where nothing intervened.</summary>
    public AuditEvent? Intervention { get; init; }

    public string ServedModel => Ledger.For.Model!;

    /// <summary>True where another model serves than the body names, so that the body's model has to be replaced.</summary>
    public bool Replaced => !string.Equals(ServedModel, Facts.Model, StringComparison.Ordinal);
}

/// <summary>A call that was refused before it was held.</summary>
/// <param name="Told">What the trail is told; null for what is not worth a row (a malformed body).</param>
sealed record GateRefusal(Refusal Refusal, LedgerCall? Call, AuditEvent? Told);
