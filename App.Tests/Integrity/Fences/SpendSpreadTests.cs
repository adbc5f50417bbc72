using Governance.Integrity.Fences;
using Governance.Members;
using Governance.Pricing;
using Governance.Shell.Controls;

namespace Governance.Tests.Integrity.Fences;

public sealed class SpendSpreadTests
{
    [Theory]
    [InlineData("4", "a=3 b=1", "a=3.00 b=1.00")]
    [InlineData("4", "a=3 b=1 c=0", "a=3.00 b=1.00")]
    [InlineData("1", "a=0 b=0 c=0", "a=0.34 b=0.33 c=0.33")]
    [InlineData("0.01", "a=1 b=2", "b=0.01")]
    [InlineData("10", "a=1 b=1 c=1", "a=3.34 b=3.33 c=3.33")]
    [InlineData("0.000000001", "a=1 b=1", "a=0.000000001")]
    [InlineData("0.005", "a=2 b=1", "a=0.003333333 b=0.001666667")]
    [InlineData("5", "a=-1 b=2", "b=5.00")]
    [InlineData("1000000000", "a=0.000000001 b=9000000000", "b=1000000000.00")]
    [InlineData("0", "a=1", "")]
    [InlineData("7", "", "")]
    public void PartsComeToTheWholeByShare(string whole, string spent, string parts)
    {
        var weights = spent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Usd(pair[1]));
        Assert.Equal(parts, string.Join(' ', SpendSpread.ByShare(Usd(whole), weights.Keys, weights).Select(part => $"{part.Project}={part.Amount.ToPlain()}")));
    }

    /// <summary>A project that is gone counts for nothing: there is no cap that could count it.</summary>
    [Fact]
    public void OnlyProjectsThatThereAreHaveAShare() =>
        Assert.Equal([new ProjectPart("a", Usd("2"))], SpendSpread.ByShare(Usd("2"), ["a", "quiet"], new Dictionary<string, Money> { ["a"] = Usd("1"), ["gone"] = Usd("99") }));

    [Fact]
    public void NothingIsLostHoweverItIsSpread()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var weights = Enumerable.Range(0, random.Next(1, 12)).ToDictionary(number => $"p{number}", _ => new Money(random.NextInt64(0, 1L << random.Next(1, 62))));
            var whole = new Money(random.NextInt64(0, 1L << random.Next(1, 59)));
            var sum = SpendSpread.ByShare(whole, weights.Keys, weights).Aggregate(Money.Zero, (total, part) => total + part.Amount);
            Assert.True(whole == sum, $"seed {seed}: {whole.Nanos} became {sum.Nanos}");
        }
    }

    [Theory]
    [InlineData("3", "a=1 b=2", null)]
    [InlineData("0", "a=0", null)]
    [InlineData("3", "a=1 b=1.99", "0.01 more belong to some project")]
    [InlineData("3", "a=1 b=2.01", "0.01 too much")]
    [InlineData("3", "a=1 c=2", "There is no project 'c'. There are: a, b.")]
    [InlineData("3", "a=1 a=2", "named twice")]
    public void NamedAmountsComeToTheWhole(string whole, string named, string? says)
    {
        var parts = named.Split(' ').Select(pair => pair.Split('=')).Select(pair => new ProjectPart(pair[0], Usd(pair[1]))).ToList();
        var problem = SpendSpread.Problem(Usd(whole), parts, ["b", "a"]);
        Assert.Equal(says is null, problem is null);
        Assert.Contains(says ?? "", problem ?? "", StringComparison.Ordinal);
    }

    static Money Usd(string text) => Money.TryParse(text, out var money) ? money : throw new ArgumentException(text);
}
