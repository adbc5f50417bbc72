using System.Text.Json.Nodes;
using Governance.Budgets;
using Governance.Gateway.Metering;
using Governance.Pricing;

namespace Governance.Gateway;

/// <summary>What would have passed: the first thing that somebody who was refused wants to know.</summary>
static class BudgetAdvice
{
    /// <summary>The largest <c>max_tokens</c> that fits what is left; where none does, the cheapest allowed model with which the call fits; null where nothing does.</summary>
    /// <param name="allowed">Models that the rules let this caller use, cheapest output first.</param>
    public static JsonObject? WouldPass(GatedCall call, BudgetRefusal budget, IEnumerable<ModelPrice> allowed)
    {
        var left = budget.Remainder;
        if (left <= Money.Zero)
        {
            return null;
        }
        if (Largest(call, call.Price, left, budget.Hold) is { } most)
        {
            return new JsonObject { ["max_tokens"] = most };
        }
        foreach (var price in allowed)
        {
            if (AmountOf(call, price, call.Facts.MaxTokens ?? 0, budget.Hold) < left)
            {
                return new JsonObject { ["model"] = price.Model };
            }
        }
        return null;
    }

    static long? Largest(GatedCall call, ModelPrice price, Money left, HoldKind hold)
    {
        if (AmountOf(call, price, 1, hold) >= left)
        {
            return null;
        }
        var (fits, tooMuch) = (1L, Math.Max(2, call.Facts.MaxTokens ?? price.MaxOutputTokens ?? 2));
        while (tooMuch - fits > 1)
        {
            var middle = fits + ((tooMuch - fits) / 2);
            if (AmountOf(call, price, middle, hold) < left)
            {
                fits = middle;
            }
            else
            {
                tooMuch = middle;
            }
        }
        return fits;
    }

    static Money AmountOf(GatedCall call, ModelPrice price, long maxTokens, HoldKind hold)
    {
        var estimate = WorstCase.Of(call.Facts with { MaxTokens = maxTokens }, price, call.OtherPrices, allowUnbounded: true);
        return hold is HoldKind.Expected ? estimate.Expected : estimate.Amount;
    }
}
