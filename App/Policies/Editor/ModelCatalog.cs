using Governance.Audit;
using Governance.Pricing;

namespace Governance.Policies.Editor;

/// <summary>The models that have a shipped price: to suggest while typing, and to show what a pattern means.</summary>
static class ModelCatalog
{
    static readonly string[] makers = ["anthropic", "openai", "gemini", "mistral", "deepseek", "xai"];

    /// <summary>The makers' own ids, each once.</summary>
    public static IReadOnlyList<string> Suggestions { get; } =
        [.. PriceList.Shipped.Where(price => makers.Contains(price.Vendor)).OrderBy(price => Array.IndexOf(makers, price.Vendor)).Select(price => price.Model).Distinct(StringComparer.Ordinal)];

    /// <summary>The suggested models that a pattern names.</summary>
    public static IReadOnlyList<string> Matching(string pattern) => [.. Suggestions.Where(model => ModelName.Matches(pattern, model))];

    /// <summary>What a pattern means, as a sentence: <c>Matches 3 known models: a, b and c.</c></summary>
    public static string Told(string pattern)
    {
        const int MaxNamed = 4;
        if (pattern.Trim().Length == 0)
        {
            return "A model, a family such as claude-opus, or a pattern such as claude-opus-4-*.";
        }
        var matching = Matching(pattern.Trim());
        return matching.Count switch
        {
            0 => "Matches no model of the price list; it still counts for calls that name such a model.",
            1 => $"Matches 1 known model: {matching[0]}.",
            <= MaxNamed => $"Matches {matching.Count} known models: {Phrases.List(matching)}.",
            _ => $"Matches {matching.Count} known models: {string.Join(", ", matching.Take(MaxNamed - 1))} and {matching.Count - MaxNamed + 1} more.",
        };
    }
}
