using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Projects;

namespace Governance.Tests.Budgets;

public sealed class BudgetBookTests
{
    static readonly Attribution call = new()
    {
        Tenant = "acme", Department = "marketing", Employee = "jo@acme.test", Customer = "big", Project = "chat-widget", Feature = "suggestions", Workflow = "checkout", Key = "checkout-bot",
        Model = "anthropic/claude-opus-4-8-20260115", Vendor = "anthropic", Session = "s1",
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("Tenant=acme", true)]
    [InlineData("Department=marketing", true)]
    [InlineData("Employee=jo@acme.test", true)]
    [InlineData("Customer=big", true)]
    [InlineData("Project=chat-widget", true)]
    [InlineData("Feature=suggestions", true)]
    [InlineData("Workflow=checkout", true)]
    [InlineData("Key=checkout-bot", true)]
    [InlineData("Vendor=anthropic", true)]
    [InlineData("Session=s1", true)]
    [InlineData("Model=claude-opus", true)]
    [InlineData("Model=claude-opus-4-*", true)]
    [InlineData("Model=claude-sonnet", false)]
    [InlineData("Project=Chat-Widget", false)]
    [InlineData("Project=chat", false)]
    [InlineData("Project=chat-widget;Model=claude-opus", true)]
    [InlineData("Project=chat-widget;Model=claude-sonnet", false)]
    [InlineData("Project=other;Model=claude-opus", false)]
    [InlineData("Department=marketing;Project=chat-widget;Key=checkout-bot;Vendor=openai", false)]
    public void ABudgetCountsACallThatHasAllItsDimensions(string scope, bool matches)
    {
        var budget = Budget("b", scope);
        Assert.Equal(matches, BudgetMatch.Matches(budget, call));
        Assert.Equal(matches, Book(budget).Matching(call).Count == 1);
    }

    [Fact]
    public void AnUnknownDimensionMatchesNoBudgetThatNamesIt() =>
        Assert.All(Enum.GetValues<ScopeKind>().Except([ScopeKind.Project, ScopeKind.Key]), kind => Assert.False(BudgetMatch.Matches(Budget("b", $"{kind}=x"), new Attribution { Project = "p", Key = "k" })));

    [Fact]
    public void RetiredBudgetsCountNothing() => Assert.Empty(Book(Budget("b", "") with { Retired = true }).Matching(call));

    [Fact]
    public void MatchingWithoutFurtherDimensionsAllocatesNothing()
    {
        var book = Book(Budget("a", ""), Budget("b", "Project=chat-widget"), Budget("c", "Project=other"));
        Assert.Equal(["a", "b"], book.Matching(call).Select(budget => budget.Definition.Id));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            book.Matching(call);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TheBookFindsWhatComparingEveryBudgetFinds()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var matched = 0;
        for (var round = 0; round < 300; round++)
        {
            BudgetDefinition[] budgets = [.. Enumerable.Range(0, random.Next(40)).Select(i => Budget($"b{random.Next(10_000)}-{i}", "") with { Scope = Scope(random), Retired = random.Next(8) == 0 })];
            var book = Book(budgets);
            for (var ask = 0; ask < 20; ask++)
            {
                var one = Call(random);
                string[] expected = [.. budgets.Where(budget => !budget.Retired && BudgetMatch.Matches(budget, one)).Select(budget => budget.Id).Order(StringComparer.Ordinal)];
                string[] found = [.. book.Matching(one).Select(budget => budget.Definition.Id)];
                Assert.True(expected.SequenceEqual(found), $"seed {seed}, round {round}: {one} gave {string.Join(' ', found)} instead of {string.Join(' ', expected)}");
                matched += found.Length;
            }
        }
        Assert.True(matched > 1_000, $"seed {seed}: only {matched} matches, the test compares nothing");
    }

    static ScopeTerm[] Scope(Random random) =>
        [.. Enum.GetValues<ScopeKind>().Where(_ => random.Next(8) == 0).Select(kind => new ScopeTerm(kind, kind is ScopeKind.Model ? Pick(random, "claude-opus", "claude-*", "gpt-5") : Pick(random, "a", "b")))];

    static Attribution Call(Random random) => new()
    {
        Tenant = Maybe(random), Department = Maybe(random), Employee = Maybe(random), Customer = Maybe(random), Project = Pick(random, "a", "b", "c"), Feature = Maybe(random), Workflow = Maybe(random),
        Key = Pick(random, "a", "b"), Model = Pick(random, "claude-opus-4-8", "claude-sonnet-5", "gpt-5.6", null!), Vendor = Maybe(random), Session = Maybe(random),
    };

    static string? Maybe(Random random) => Pick(random, "a", "b", null!);

    static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    static BudgetBook Book(params BudgetDefinition[] budgets) => BudgetBook.Compile(budgets.Select(budget => (budget, 1)));

    static BudgetDefinition Budget(string id, string scope) => new()
    {
        Id = id,
        Cap = Money.FromUsd(50),
        Scope = [.. scope.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(term => term.Split('=')).Select(term => new ScopeTerm(Enum.Parse<ScopeKind>(term[0]), term[1]))],
    };
}
