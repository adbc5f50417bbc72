namespace Governance.Ledger;

/// <summary>Somebody who wants to know when a call's settlement begins and when it is durable.</summary>
abstract class SettlementWatch
{
    /// <summary>From here on the settlement is what ends the call.</summary>
    public abstract void BeginSettlement();

    /// <summary>The settlement is durable.</summary>
    public abstract void EndSettlement();
}
