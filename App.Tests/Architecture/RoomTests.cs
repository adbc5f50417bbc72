using Governance.Planted.Pricing;

namespace Governance.Tests.Architecture;

public sealed class RoomTests
{
    const string Planted = "Governance.Planted";
    static readonly string[] s_plantedRooms = ["Pricing", "Ledger"];

    static IReadOnlyList<Type> PlantedTypes => [.. House.TopLevel(typeof(RoomTests).Assembly, Planted).Where(type =>
        type.Namespace is Planted + ".Pricing" or Planted + ".Ledger" or Planted + ".Ledger.Rollups" or Planted + ".Cellar")];

    [Fact]
    public void RoomsLookOnlyLeft() => House.Holds(Rules.LooksRight(House.Types, House.Root, House.Rooms));

    [Fact]
    public void EveryWayOfLookingRightIsSeen()
    {
        var violations = Rules.LooksRight(PlantedTypes, Planted, s_plantedRooms).ToList();
        var expected = PlantedTypes.Where(type => type.Namespace == Planted + ".Pricing" && type != typeof(Price)).ToList();
        Assert.True(expected.Count >= 25, "planted types are missing");
        Assert.All(expected, type => Assert.Contains(violations, each => each.StartsWith(type.FullName + " mentions ", StringComparison.Ordinal)));
    }

    [Fact]
    public void LookingLeftAndAtOwnSubNamespacesAndTablesIsAllowed()
    {
        var violations = Rules.LooksRight(PlantedTypes, Planted, s_plantedRooms);
        Assert.DoesNotContain(violations, each => each.StartsWith(Planted + ".Ledger", StringComparison.Ordinal) || each.StartsWith(typeof(Price).FullName + " ", StringComparison.Ordinal));
    }

    [Fact]
    public void MentionsOfTheRootNamespaceAndUnknownRoomsAreSeen()
    {
        var violations = Rules.LooksRight(PlantedTypes, Planted, s_plantedRooms).ToList();
        Assert.Contains($"{Planted}.Pricing.OfRoot mentions {Planted}.Secret of the root namespace", violations);
        Assert.Contains(violations, each => each.StartsWith($"{Planted}.Cellar.InNoRoom is in no room", StringComparison.Ordinal));
    }

    [Fact]
    public void ARoomToTheRightOfItselfInTheArrayIsAViolation() =>
        Assert.Contains(Rules.LooksRight(PlantedTypes, Planted, ["Ledger", "Pricing"]), each => each.StartsWith($"{Planted}.Ledger.LooksLeft", StringComparison.Ordinal));
}
