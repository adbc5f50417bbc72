using System.Collections.Frozen;

namespace Governance.Pricing;

/// <summary>What is said of models, by vendor and model, found by the one rule that holds wherever a model is named: the id as written, else its canonical name, else the alias of a dated id or the dated id of an alias.</summary>
/// <param name="all">Everything that is indexed.</param>
/// <param name="named">The vendor and the model that an item speaks of.</param>
/// <param name="choose">Of several items for one name, the one that holds at an instant; null where none does.</param>
[Pure]
sealed class ModelIndex<T>(IReadOnlyList<T> all, Func<T, (string Vendor, string Model)> named, Func<IReadOnlyList<T>, DateTimeOffset, T?> choose)
    where T : class
{
    readonly FrozenDictionary<(string Vendor, string Model), T[]> exact = By(all, named, Plain);
    readonly FrozenDictionary<(string Vendor, string Model), T[]> canonical = By(all, named, ModelName.Ordered);
    readonly FrozenDictionary<(string Vendor, string Model), T[]> undated = By(all, named, ModelName.Undated);

    public bool IsEmpty => all.Count == 0;

    /// <summary>The items of each id as it is written.</summary>
    public IEnumerable<IReadOnlyList<T>> ByExactName => exact.Values;

    /// <summary>What holds for the model at the instant; null where nothing does.</summary>
    public T? Find(string vendor, string model, DateTimeOffset at)
    {
        var name = Plain(vendor);
        if (Choose(exact, (name, Plain(model)), at) is { } found)
        {
            return found;
        }
        return Choose(canonical, (name, ModelName.Ordered(model)), at) ?? FindRelative(name, model, at);
    }

    /// <summary>True where anything is said of the model at any time.</summary>
    public bool Knows(string vendor, string model) => Family(vendor, model).Count > 0;

    /// <summary>All that is said of the model under any of its names and at any time.</summary>
    public IReadOnlyList<T> Family(string vendor, string model) =>
        undated.TryGetValue((Plain(vendor), ModelName.Undated(model)), out var family) ? Array.FindAll(family, item => ModelName.AreSame(named(item).Model, model)) : [];

    /// <summary>A dated id has its alias; an alias has its <c>-latest</c>, else its dated ids.</summary>
    T? FindRelative(string vendor, string model, DateTimeOffset at)
    {
        if (!undated.TryGetValue((vendor, ModelName.Undated(model)), out var family))
        {
            return null;
        }
        var aliases = Array.FindAll(family, item => !ModelName.IsDated(named(item).Model));
        return choose(aliases, at) ?? (ModelName.IsDated(model) ? null : choose(family, at));
    }

    public static string Plain(string text) => text.Trim().ToLowerInvariant();

    static FrozenDictionary<(string Vendor, string Model), T[]> By(IReadOnlyList<T> all, Func<T, (string Vendor, string Model)> named, Func<string, string> spelling) => all
        .GroupBy(item => (Vendor: Plain(named(item).Vendor), Model: spelling(named(item).Model)))
        .Where(items => items.Key.Model.Length > 0)
        .ToFrozenDictionary(items => items.Key, items => items.ToArray());

    T? Choose(FrozenDictionary<(string Vendor, string Model), T[]> index, (string Vendor, string Model) key, DateTimeOffset at) =>
        index.TryGetValue(key, out var items) ? choose(items, at) : null;
}
