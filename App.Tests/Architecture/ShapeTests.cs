using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace Governance.Tests.Architecture;

public sealed class ShapeTests
{
    const string Planted = "Governance.Planted.Shapes";

    static IReadOnlyList<Type> PlantedTypes => House.TopLevel(typeof(ShapeTests).Assembly, Planted);

    [Fact]
    public void NoPageMentionsTheTables() => House.Holds(Rules.PagesWithTables(House.Types));

    [Fact]
    public void PagesThatMentionTheTablesAreSeen() =>
        Same(Rules.PagesWithTables(PlantedTypes), "PageWithTables", "PageWithTablesLater");

    [Fact]
    public void ThereArePagesToHold() => Assert.Contains(House.Types, typeof(IComponent).IsAssignableFrom);

    [Fact]
    public void OneFactoryMakesTheClientsOfTheOutside() => House.Holds(Rules.OutsideCalls(House.Types, House.OutboundTypes));

    [Fact]
    public void OtherWaysOutAreSeen() =>
        Same(Rules.OutsideCalls(PlantedTypes, [Planted + ".OutboundHttp"]), "MakesClients", "MakesInvokers", "MakesHandlersLater", "AsksForClients");

    [Fact]
    public void ComponentsAskTheBrowserOnlyWhereItMayBeGone() => House.Holds(Rules.BrowserCalls(House.Types, House.BrowserTypes));

    [Fact]
    public void OtherQuestionsToTheBrowserAreSeen() => Same(Rules.BrowserCalls(PlantedTypes, []), "AsksTheBrowser", "FocusesByItself");

    [Fact]
    public void AppendOnlyRowsCannotBeChanged() => House.Holds(Rules.ChangeableRows(House.Types, House.AppendOnlyRows));

    /// <summary>The list is that of the database: whatever it refuses to change is a row of these, and it refuses for all of these.</summary>
    [Fact]
    public void EveryTableThatOnlyGrowsIsOnTheList()
    {
        var folder = Directory.CreateTempSubdirectory("governance-tables-");
        try
        {
            var file = Path.Combine(folder.FullName, "governance.db");
            MigratedFile.CopyTo(file);
            using var db = Governance.Journal.StoreContext.On($"Data Source={file};Pooling=False", shared: false)();
            var guarded = Proofs.Row.Read(file, "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'").GroupBy(row => row.Text("tbl_name"), row => row.Text("name")![(row.Text("tbl_name")!.Length + 1)..]).ToList();
            Assert.All(guarded, table => Assert.Subset(table.ToHashSet(), new HashSet<string> { "no_update", "no_delete" }));
            Assert.Equal(House.AppendOnlyRows.Order(), guarded.Select(table => db.Model.GetEntityTypes().Single(entity => entity.GetTableName() == table.Key).ClrType.FullName!).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void ChangeableAndMissingRowsAreSeen()
    {
        var violations = Rules.ChangeableRows(PlantedTypes, [Planted + ".ChangeableRow", Planted + ".FixedRow", Planted + ".MissingRow"]);
        Assert.Equal(
            [
                $"{Planted}.ChangeableRow.Count is a changeable field", $"{Planted}.ChangeableRow.Name is settable",
                $"{Planted}.ChangeableRow.Place is settable", $"{Planted}.MissingRow does not exist",
            ],
            violations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ClassesAreSealedStaticOrAbstract() => House.Holds(Rules.OpenClasses(House.Types));

    [Fact]
    public void OpenClassesAreSeen() => Same(Rules.OpenClasses(PlantedTypes), "OpenClass", "Nest+OpenNested");

    [Fact]
    public void NoInterfaceHasASingleImplementation() => House.Holds(Rules.LonelyInterfaces(House.Types));

    [Fact]
    public void LonelyInterfacesAreSeen() => Same(Rules.LonelyInterfaces(PlantedTypes), "ILonely");

    [Fact]
    public void NamesSayWhatAThingIs() => House.Holds(Rules.EmptyNames(House.Types));

    [Fact]
    public void EmptyNamesAreSeen() => Same(
        Rules.EmptyNames(PlantedTypes),
        "OrderManager", "OrderHelpers", "OrderUtils", "OrderService", "OrderModel`1", "OrderDto", "OrderInfo", "OrderData");

    /// <summary>The types that the violations name are exactly these.</summary>
    static void Same(IEnumerable<string> violations, params string[] names) => Assert.Equal(
        names.Order(StringComparer.Ordinal),
        violations.Select(each => each.Split(' ')[0][(Planted.Length + 1)..]).Distinct().Order(StringComparer.Ordinal));
}
