using System.Collections.Concurrent;
using Governance.Pricing;

namespace Governance.Policies.Editor;

/// <summary>How one spelling of a model meets the deny rules of a project.</summary>
/// <param name="Canonical">Its one spelling.</param>
/// <param name="Hits">For each deny_model rule, in order, its first pattern that names the model, else null. Empty where no rule does.</param>
[Pure]
sealed record ModelMatch(string Canonical, string?[] Hits);

/// <summary>Remembers how models meet the rules: matching spellings is dear, and the same few models are asked for all day. A memo of a pure function: nothing can be seen of it but time.</summary>
[Pure]
sealed class ModelMatches(CompiledRule[] denyModels)
{
    const int MaxEntries = 512;
    const int MaxModelLength = 160;

    volatile ConcurrentDictionary<string, ModelMatch> known = new(StringComparer.Ordinal);
    int entries;

    public ModelMatch Of(string model) => known.TryGetValue(model, out var match) ? match : Learn(model);

    ModelMatch Learn(string model)
    {
        var match = Work(model);
        if (model.Length > MaxModelLength)
        {
            return match;
        }
        // Clients can name as many models as they like: a full memo begins again instead of growing.
        if (Interlocked.Increment(ref entries) > MaxEntries)
        {
            known = new(StringComparer.Ordinal);
            Interlocked.Exchange(ref entries, 1);
        }
        known[model] = match;
        return match;
    }

    ModelMatch Work(string model)
    {
        string?[] hits = [.. denyModels.Select(rule => rule.Definition.Models.FirstOrDefault(pattern => ModelName.Matches(pattern, model)))];
        return new ModelMatch(ModelName.Canonical(model), Array.TrueForAll(hits, hit => hit is null) ? [] : hits);
    }
}
