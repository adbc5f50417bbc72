using System.Text.Json.Nodes;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Decisions;
using Governance.Pricing;

namespace Governance.Gateway;

/// <summary>What would have passed: the first thing that somebody who was refused wants to know.</summary>
static class BudgetAdvice
{
    /// <summary>From here on an answer is worth having, whatever was asked for.</summary>
    const long WorthwhileTokens = 256;
    /// <summary>Below this part of what was asked for, a shorter answer is none.</summary>
    const long WorthwhileShare = 16;

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
            if (CanServe(call, price) && AmountOf(call, price, call.Facts.MaxTokens ?? 0, budget.Hold) < left)
            {
                return new JsonObject { ["model"] = price.Model };
            }
        }
        return null;
    }

    /// <summary>False where the prompt would not go into the model's window, or it cannot answer at such length.</summary>
    static bool CanServe(GatedCall call, ModelPrice price) =>
        WorstCase.Of(call.Facts, price, call.OtherPrices, allowUnbounded: true).InvalidBecause is null && !(CallLimits.JudgedInput(call.Facts, call.Price) > price.ContextTokens);

    static long? Largest(GatedCall call, ModelPrice price, Money left, HoldKind hold)
    {
        var asked = call.Facts.MaxTokens ?? price.MaxOutputTokens ?? 0;
        // A shorter answer than the thinking that is asked for is refused upstream.
        var least = Math.Max(Math.Min(WorthwhileTokens, (asked + WorthwhileShare - 1) / WorthwhileShare), (call.Facts.ThinkingBudget ?? 0) + 1);
        if (least >= asked || AmountOf(call, price, least, hold) >= left)
        {
            return null;
        }
        var (fits, tooMuch) = (least, asked);
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
