using Governance.Budgets.Editor;
using Governance.Documents.Text;
using Governance.Policies;
using Governance.Policies.Editor;
using Governance.Pricing;

namespace Governance.Documents;

/// <summary>What applying a document would do, written before it is done. See <see cref="GovernanceDocument"/> for what is left alone and what prune does.</summary>
[Pure]
static class ConfigurationPlan
{
    /// <summary>The changes from <paramref name="current"/> to what <see cref="ConfigurationMerge.After"/> makes of it; none where nothing changes.</summary>
    /// <param name="current">What is in force.</param>
    /// <param name="wanted">The document.</param>
    /// <param name="shipped">The prices that corrections are laid over; without them the sentences do not say what a correction keeps and hides.</param>
    public static IReadOnlyList<PlannedChange> Between(GovernanceDocument current, GovernanceDocument wanted, PriceBook? shipped = null)
    {
        var changes = Difference(current, ConfigurationMerge.After(current, wanted), wanted, shipped);
        var named = Names(wanted);
        return [.. changes.Select(change => change.Noun == Noun.Workspace || named.Contains(new(change.Noun, change.Id)) ? change
            : change with { Sentence = $"{change.Sentence} The document does not name it and prunes." })];
    }

    /// <summary>The changes from one whole configuration to another, such as from one version to the next.</summary>
    public static IReadOnlyList<PlannedChange> Difference(GovernanceDocument before, GovernanceDocument after, PriceBook? shipped = null) => Difference(before, after, after, shipped);

    static List<PlannedChange> Difference(GovernanceDocument before, GovernanceDocument after, GovernanceDocument wanted, PriceBook? shipped)
    {
        var passwords = wanted.Members.ToDictionary(member => Identity.Of(member.Definition), member => member.PasswordEnv);
        var secrets = wanted.Keys.ToDictionary(key => Identity.Of(key.Definition), key => key.SecretEnv);
        return
        [
            .. Compare(Optional(before.Workspace), Optional(after.Workspace), Identity.Of, DefinitionTree.Of, ChangeSentences.Workspace),
            .. Compare(before.Members.Select(member => member.Definition), after.Members.Select(member => member.Definition), Identity.Of, DefinitionTree.Of,
                (old, member, fields) => ChangeSentences.Member(old, member, member is null ? null : passwords.GetValueOrDefault(Identity.Of(member)), fields)),
            .. Compare(before.Upstreams, after.Upstreams, Identity.Of, DefinitionTree.Of, ChangeSentences.Upstream),
            .. Compare(before.Projects, after.Projects, Identity.Of, DefinitionTree.Of, ChangeSentences.Project),
            .. Compare(before.Keys.Select(key => key.Definition), after.Keys.Select(key => key.Definition), Identity.Of, DocumentTree.Of,
                (old, key, fields) => ChangeSentences.Key(old, key, key is null ? null : secrets.GetValueOrDefault(Identity.Of(key)), fields),
                (old, key) => key.Revoked && !old.Revoked).Select(WithoutSecret),
            .. Compare(before.Rules, after.Rules, Identity.Of, DefinitionTree.Of, (old, rule, _) => Joined(RuleChange.Sentences(old, rule)),
                (old, rule) => rule.State == RuleState.Retired && old.State != RuleState.Retired),
            .. Compare(before.Budgets, after.Budgets, Identity.Of, DefinitionTree.Of, (old, budget, _) => Joined(BudgetChange.Sentences(old, budget)),
                (old, budget) => budget.Retired && !old.Retired),
            .. Compare(before.Routes, after.Routes, Identity.Of, DefinitionTree.Of, (old, route, _) => Joined(RuleChange.Sentences(old, route))),
            .. Compare(before.Prices, after.Prices, Identity.Of, PriceTree.Of, (old, price, fields) => ChangeSentences.Price(old, price, fields, shipped)),
        ];
    }

    static IEnumerable<PlannedChange> Compare<T>(
        IEnumerable<T> before, IEnumerable<T> after, Func<T, Named> identity, Func<T, DocumentMap> tree,
        Func<T?, T?, IReadOnlyList<FieldChange>, string> sentence, Func<T, T, bool>? ends = null)
        where T : class
    {
        var old = before.ToDictionary(identity);
        var fresh = after.ToDictionary(identity);
        foreach (var named in old.Keys.Union(fresh.Keys).OrderBy(named => named.Id, StringComparer.Ordinal))
        {
            var was = old.GetValueOrDefault(named);
            var now = fresh.GetValueOrDefault(named);
            var fields = FieldChanges.Between(was is null ? null : tree(was), now is null ? null : tree(now));
            var kind = was is null ? ChangeKind.Create : now is null || ends?.Invoke(was, now) == true ? ChangeKind.Remove : ChangeKind.Update;
            if (fields.Count > 0)
            {
                yield return new(kind, named.Noun, named.Id, sentence(was, now, fields), fields);
            }
        }
    }

    /// <summary>Where a new key's secret comes from stands in its sentence.</summary>
    static PlannedChange WithoutSecret(PlannedChange change) =>
        change.Kind == ChangeKind.Create ? change with { Fields = [.. change.Fields.Where(field => field.Name != "secret_env")] } : change;

    /// <summary>Everything that <paramref name="document"/> names.</summary>
    public static HashSet<Named> Names(GovernanceDocument document) =>
    [
        .. Optional(document.Workspace).Select(Identity.Of),
        .. document.Members.Select(member => Identity.Of(member.Definition)),
        .. document.Upstreams.Select(Identity.Of),
        .. document.Projects.Select(Identity.Of),
        .. document.Keys.Select(key => Identity.Of(key.Definition)),
        .. document.Rules.Select(Identity.Of),
        .. document.Budgets.Select(Identity.Of),
        .. document.Routes.Select(Identity.Of),
        .. document.Prices.Select(Identity.Of),
    ];

    static T[] Optional<T>(T? value) where T : class => value is null ? [] : [value];

    static string Joined(IEnumerable<string> sentences) => string.Join(" ", sentences);
}
