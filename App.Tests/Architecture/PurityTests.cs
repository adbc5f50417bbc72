using Governance.Planted.Decisions;

namespace Governance.Tests.Architecture;

public sealed class PurityTests
{
    const string Planted = "Governance.Planted.Decisions";

    static IReadOnlyList<Type> PlantedTypes => House.TopLevel(typeof(PurityTests).Assembly, Planted);

    [Fact]
    public void PureTypesKeepTheirWord() => House.Holds(Purity.Broken(House.Types, House.Root));

    [Fact]
    public void EveryBrokenWordIsSeen()
    {
        var violations = Purity.Broken(PlantedTypes, Planted).ToList();
        var expected = PlantedTypes.Where(type => type.IsDefined(typeof(PureAttribute), inherit: false) && type != typeof(KeepsItsWord)).ToList();
        Assert.True(expected.Count >= 15, "planted types are missing");
        Assert.All(expected, type => Assert.Contains(violations, each => each.StartsWith(type.FullName + " is [Pure] and mentions ", StringComparison.Ordinal)));
    }

    [Fact]
    public void RecordsEnumsAndLambdasAreAllowed() =>
        Assert.DoesNotContain(Purity.Broken(PlantedTypes, Planted), each => each.StartsWith(typeof(KeepsItsWord).FullName!, StringComparison.Ordinal));

    [Fact]
    public void ThereAreDecisionsToHold() => Assert.Contains(House.Types, type => type.IsDefined(typeof(PureAttribute), inherit: false));
}
