using Governance.Budgets;

namespace Governance.Integrity.Fences;

/// <summary>A part of an amount that is spread over projects.</summary>
[Pure]
readonly record struct ProjectPart(string Project, Money Amount);

/// <summary>Spreads an amount over projects so that the parts come to it exactly.</summary>
[Pure]
static class SpendSpread
{
    const long NanosPerCent = Money.NanosPerDollar / 100;

    /// <summary>The largest amount that can be entered: more than any cap allows is a slip of the pen.</summary>
    public static Money Most => BudgetValidation.MaxCap;

    /// <summary>
    /// By each project's share of <paramref name="spent"/>, equally where nothing was spent. Whole cents stay whole cents; what is left over
    /// goes to the largest fractions. Parts of nothing are left out.
    /// </summary>
    /// <param name="projects">Those that there are; what others spent plays no part.</param>
    public static IReadOnlyList<ProjectPart> ByShare(Money amount, IEnumerable<string> projects, IReadOnlyDictionary<string, Money> spent)
    {
        var shares = projects.Order(StringComparer.Ordinal).Select(project => (Project: project, Weight: (Int128)Math.Max(0, spent.GetValueOrDefault(project).Nanos))).ToList();
        var sum = shares.Aggregate((Int128)0, (total, share) => total + share.Weight);
        if (sum == 0)
        {
            (shares, sum) = ([.. shares.Select(share => (share.Project, (Int128)1))], shares.Count);
        }
        if (shares.Count == 0)
        {
            return [];
        }
        var unit = amount.Nanos % NanosPerCent == 0 ? NanosPerCent : 1;
        var units = (Int128)(amount.Nanos / unit);
        var whole = shares.Select(share => units * share.Weight / sum).ToList();
        var left = (int)(units - whole.Aggregate((Int128)0, (total, part) => total + part));
        foreach (var at in Enumerable.Range(0, shares.Count).OrderByDescending(at => units * shares[at].Weight % sum).Take(left))
        {
            whole[at]++;
        }
        return [.. shares.Select((share, at) => new ProjectPart(share.Project, new Money((long)whole[at] * unit))).Where(part => part.Amount > Money.Zero)];
    }

    /// <summary>What is wrong with amounts that were named for projects, as a sentence; null where they come to the whole.</summary>
    public static string? Problem(Money whole, IReadOnlyList<ProjectPart> named, IReadOnlyCollection<string> projects)
    {
        if (named.FirstOrDefault(part => !projects.Contains(part.Project)) is { Project: { } unknown })
        {
            return $"There is no project '{unknown}'. {(projects.Count == 0 ? "There are none yet." : $"There are: {string.Join(", ", projects.Order(StringComparer.Ordinal).Take(20))}{(projects.Count > 20 ? ", …" : "")}.")}";
        }
        if (named.GroupBy(part => part.Project, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            return $"The project '{twice.Key}' is named twice; give it one amount.";
        }
        var sum = Money.Nearest(named.Aggregate((Int128)0, (total, part) => total + part.Amount.Nanos));
        return sum == whole ? null
            : $"The projects' amounts come to {sum.ToPlain()} USD, but {whole.ToPlain()} USD were spent: {(sum < whole ? $"{(whole - sum).ToPlain()} more belong to some project" : $"that is {(sum - whole).ToPlain()} too much")}.";
    }
}
