using Governance.Audit;
using Governance.Documents.Text;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Finds names of models that no price list knows: they may be right all the same, but a misspelt rule or cap holds nobody back.</summary>
static class UnknownNames
{
    /// <summary>Every rule, route and budget of <paramref name="document"/> that speaks of models or vendors that nobody knows.</summary>
    /// <param name="own">The workspace's own prices: what they name is known.</param>
    /// <param name="path">How a thing is called.</param>
    public static IEnumerable<Problem> Warnings(GovernanceDocument document, IEnumerable<PriceOverlay> own, Func<Named, string> path)
    {
        var prices = PriceList.Shipped.Select(price => (price.Model, price.Vendor)).Concat(own.Select(price => (price.Model, price.Vendor))).ToList();
        var models = prices.Select(price => price.Model).Distinct(StringComparer.Ordinal).ToList();
        var vendors = prices.Select(price => price.Vendor).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var words = new Lazy<List<string>>(() => [.. models.Concat(models.SelectMany(Families)).Where(name => name.Contains('-', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)]);
        return
        [
            .. from rule in document.Rules
               where rule.State != RuleState.Retired
               from problem in OfRule(rule, path(Identity.Of(rule)))
               select problem,
            .. from route in document.Routes
               from problem in Unknown(route.Model, $"{path(Identity.Of(route))}.model")
               select problem,
            .. from budget in document.Budgets
               where !budget.Retired
               from term in budget.Scope
               from problem in term.Kind switch
               {
                   ScopeKind.Model => Unknown(term.Id, $"{path(Identity.Of(budget))}.scope.model"),
                   ScopeKind.Vendor => Vendor(term.Id, $"{path(Identity.Of(budget))}.scope.vendor"),
                   _ => [],
               }
               select problem,
        ];

        IEnumerable<Problem> OfRule(RuleDefinition rule, string at) => rule.Models.SelectMany((model, i) => Unknown(model, $"{at}.models[{i}]"))
            .Concat(rule.Model is { } forced ? Unknown(forced, $"{at}.model") : []);

        IEnumerable<Problem> Unknown(string pattern, string at) => models.Exists(model => ModelName.Matches(pattern, model)) ? []
            : [new(at, $"'{DocumentPath.Shown(pattern)}' matches no known model{Suggested(pattern.TrimEnd('*', '-'), words.Value)}")];

        IEnumerable<Problem> Vendor(string vendor, string at) => vendors.Contains(vendor, StringComparer.OrdinalIgnoreCase) ? []
            : [new(at, $"'{DocumentPath.Shown(vendor)}' is no known vendor{Suggested(vendor, vendors)}")];
    }

    /// <summary>Corrections of one model under two of its names, an alias and a dated id among them: a call then meets the one of the name that it uses.</summary>
    /// <param name="prices">All corrections that are to be in force.</param>
    public static IEnumerable<Problem> Twins(GovernanceDocument document, IEnumerable<PriceOverlay> prices, Func<Named, string> path)
    {
        var all = prices.ToList();
        return from price in document.Prices
               let other = all.Find(other => other.Vendor == price.Vendor && other.Model != price.Model && ModelName.AreSame(other.Model, price.Model) && Overlap(other, price))
               where other is not null
               select new Problem(path(Identity.Of(price)), $"'{DocumentPath.Shown(price.Model)}' and '{DocumentPath.Shown(other.Model)}' are one model with a correction each; a call is priced by the one of the name that it uses. Keep one of them");
    }

    static bool Overlap(PriceOverlay one, PriceOverlay other) =>
        (one.EffectiveUntil is not { } oneEnd || other.EffectiveFrom is not { } otherStart || otherStart < oneEnd)
        && (other.EffectiveUntil is not { } otherEnd || one.EffectiveFrom is not { } oneStart || oneStart < otherEnd);

    static string Suggested(string text, IEnumerable<string> words) => Words.Nearest(text, words) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary><c>claude-opus-4-8</c> is of the families <c>claude-opus-4</c>, <c>claude-opus</c> and <c>claude</c>.</summary>
    static IEnumerable<string> Families(string model)
    {
        for (var dash = model.LastIndexOf('-'); dash > 0; dash = model.LastIndexOf('-', dash - 1))
        {
            yield return model[..dash];
        }
    }
}
