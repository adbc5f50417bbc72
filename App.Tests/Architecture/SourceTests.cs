namespace Governance.Tests.Architecture;

public sealed class SourceTests
{
    static IReadOnlyList<SourceFile> Files => Sources.OfApp();

    [Fact]
    public void NamespacesEqualFolders() => House.Holds(Sources.Misplaced(Files, House.Root));

    [Fact]
    public void FilesAreShort() => House.Holds(Sources.TooLong(Files));

    [Fact]
    public void NoFileNamesARoomBehindItsOwn() => House.Holds(Sources.NamesRight(Files, House.Root, House.Rooms));

    [Theory]
    [InlineData("Audit/A.cs", "using Governance.Ledger;\n", true)]
    [InlineData("Audit/A.razor", "@page \"/\"\n@using Governance.Gateway.Upstreams\n", true)]
    [InlineData("Audit/A.cs", "using static Governance.Ledger.Holds.Hold;\n", true)]
    [InlineData("Ledger/A.cs", "using Governance.Audit;\nusing Governance.Ledger.Holds;\nusing System;\n", false)]
    public void NamesOfRoomsBehindAreSeen(string path, string text, bool seen) =>
        Assert.Equal(seen, Sources.NamesRight([new SourceFile(path, text)], House.Root, House.Rooms).Any(each => each.StartsWith(path, StringComparison.Ordinal)));

    [Fact]
    public void MethodsFitAScreen() => House.Holds(Sources.LongMethods(Files));

    [Fact]
    public void EverythingInteractiveStandsInThePartThatKeepsItsCircuit() => House.Holds(Sources.Unguarded(Files));

    [Theory]
    [InlineData("<Banners @rendermode=\"InteractiveServer\" />", true)]
    [InlineData("<Banners Text=\"x\" @rendermode=\"InteractiveServer\" />", true)]
    [InlineData("<InteractivePart @key=\"x\" @rendermode=\"InteractiveServer\" Part=\"x\" />", false)]
    [InlineData("@page \"/\"\n@rendermode InteractiveServer\n<p></p>", false)]
    public void UnguardedPartsAreSeen(string text, bool seen) => Assert.Equal(seen, Sources.Unguarded([new SourceFile("Shell/A.razor", text)]).Any());

    [Fact]
    public void ThereAreSourcesToHold() => Assert.True(Files.Count > 5 && Files.Any(file => file.Path.EndsWith(".razor", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Ledger/Entry.cs", "namespace Governance.Pricing;\nsealed class Entry;", true)]
    [InlineData("Ledger/Rollups/Entry.cs", "namespace Governance.Ledger;\nsealed class Entry;", true)]
    [InlineData("Ledger/Entry.cs", "namespace Governance.Ledger { sealed class Entry; }", false)]
    [InlineData("Ledger/Entry.cs", "sealed class Entry;", true)]
    [InlineData("Ledger/Entry.cs", "global using System.Text;", false)]
    [InlineData("Ledger/Rollups/Entry.cs", "// namespace Governance.Pricing;\nnamespace Governance.Ledger.Rollups;", false)]
    [InlineData("Entry.cs", "namespace Governance;", false)]
    [InlineData("Ledger/Page.razor", "@page \"/\"\n@namespace Governance.Pricing", true)]
    [InlineData("Ledger/Page.razor", "@page \"/\"\n<p></p>", false)]
    public void MisplacedNamespacesAreSeen(string path, string text, bool misplaced) =>
        Assert.Equal(misplaced, Sources.Misplaced([new SourceFile(path, text)], House.Root).Any(each => each.StartsWith(path, StringComparison.Ordinal)));

    [Theory]
    [InlineData("A.cs", 300, false)]
    [InlineData("A.cs", 301, true)]
    [InlineData("A.razor", 150, false)]
    [InlineData("A.razor", 151, true)]
    public void LongFilesAreSeen(string path, int lines, bool seen) =>
        Assert.Equal(seen, Sources.TooLong([new SourceFile(path, Lines(lines))]).Any(each => each.StartsWith(path, StringComparison.Ordinal)));

    [Fact]
    public void AHouseOfLongFilesIsSeen()
    {
        SourceFile[] files = [new("A.cs", Lines(91)), new("B.cs", Lines(91)), new("C.cs", Lines(5))];
        Assert.Equal(["the median .cs file has 91 lines, at most 90"], Sources.TooLong(files));
    }

    [Theory]
    [InlineData("A.cs", "class A\n{\n    void Run()\n    {\n@@    }\n}", 67, false)]
    [InlineData("A.cs", "class A\n{\n    void Run()\n    {\n@@    }\n}", 68, true)]
    [InlineData("A.cs", "class A\n{\n    int this[int i]\n    {\n        get\n        {\n@@    return 0;\n        }\n    }\n}", 68, true)]
    [InlineData("A.cs", "static void Run()\n{\n@@}\nRun();", 68, true)]
    [InlineData("A.razor", "<p>{</p>\n@code {\n    void Run()\n    {\n@@    }\n}", 68, true)]
    [InlineData("A.razor", "<p>{</p>\n@code {\n    void Run()\n    {\n@@    }\n}", 67, false)]
    public void LongMethodsAreSeen(string path, string frame, int lines, bool seen)
    {
        var body = string.Concat(Enumerable.Repeat("        System.Console.Write(\"}\");\n", lines));
        Assert.Equal(seen, Sources.LongMethods([new SourceFile(path, frame.Replace("@@", body, StringComparison.Ordinal))]).Any());
    }

    static string Lines(int count) => string.Concat(Enumerable.Repeat("// a line\n", count));
}
