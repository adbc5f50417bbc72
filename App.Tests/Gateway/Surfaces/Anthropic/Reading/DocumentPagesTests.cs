using System.Text;
using Governance.Decisions;
using Governance.Gateway;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Pricing;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Documents are measured by the pages that are read from them, never by their bytes.</summary>
public sealed class DocumentPagesTests
{
    static readonly PriceBook prices = new(PriceList.Shipped);
    static readonly ModelPrice price = prices.Find("anthropic", "claude-opus-5-5", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))!;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(37)]
    [InlineData(500)]
    public void PagesAreCountedWhereverTheirObjectsStand(int pages)
    {
        foreach (var file in (byte[][])[Pdf.Plain(pages), Pdf.Plain(pages, deflate: false), Pdf.Packed(pages), Pdf.Packed(pages, "[ /FlateDecode ]"), Pdf.Packed(pages, "/Flate#44ecode")])
        {
            var facts = Facts(file);
            Assert.Equal((1, 1, 1, (long)pages), (facts.Documents, facts.FoundDocuments, facts.ExactDocuments, facts.Pages));
            Assert.InRange(WorstCase.Expected(facts), pages * 2_500L, (pages * 2_500L) + 100);
            Assert.InRange(Bound(facts), pages * 7_784L, (pages * 7_784L) + 200);
        }
    }

    /// <summary>Each of these took hours of a processor while every part looked at the rest of the file.</summary>
    [Fact]
    public void NoFileMakesItLookAtItsRestAgainAndAgain()
    {
        Assert.Equal(1, Facts(Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(Enumerable.Repeat("/Kids[", 1_000_000)) + "]")).Documents);
        Assert.Equal(1, Facts(Encoding.ASCII.GetBytes("%PDF-1.7\n" + string.Concat(Enumerable.Repeat("<</Length 6000000>>stream endstream", 100_000)) + new string(' ', 6_000_000))).Documents);
    }

    [Fact]
    public void ASmallFileOfManyPagesPassesNoCapAndALargeOneOfOnePageIsNotTakenForMany()
    {
        var small = Pdf.Packed(500);
        Assert.True(small.Length < 8_000);
        Assert.True(CallLimits.JudgedInput(Facts(small), price) >= 500 * 2_500);
        var large = Pdf.Plain(1, padding: 4 << 20);
        Assert.InRange(CallLimits.JudgedInput(Facts(large), price), 2_500, 2_600);
        Assert.InRange(Bound(Facts(large)), 7_784, 8_000);
    }

    public static TheoryData<string, byte[]> Hiding => new()
    {
        { "no PDF", Encoding.ASCII.GetBytes(new string('A', 3_000)) },
        { "no pages", Encoding.ASCII.GetBytes("%PDF-1.4\n%%EOF") },
        { "encrypted", [.. Pdf.Plain(1), .. Encoding.ASCII.GetBytes("trailer << /Encrypt 7 0 R >>")] },
        { "another filter", [.. Pdf.Plain(1), .. Pdf.Packed(500, "/LZWDecode")] },
        { "filters in a row", [.. Pdf.Plain(1), .. Pdf.Packed(500, "[/ASCIIHexDecode /FlateDecode]")] },
        { "a predictor", [.. Pdf.Plain(1), .. Pdf.Packed(500, more: "/DecodeParms << /Predictor 12 >>")] },
        { "a count elsewhere", Encoding.ASCII.GetBytes("%PDF-1.4\n2 0 obj <</Type/Pages/Count 9 0 R/Kids[4 0 R]>> endobj 4 0 obj <</Type/Page>> endobj") },
        { "children elsewhere", Encoding.ASCII.GetBytes("%PDF-1.4\n2 0 obj <</Type/Pages/Count 1/Kids 9 0 R>> endobj 4 0 obj <</Type/Page>> endobj") },
        { "a type elsewhere", Encoding.ASCII.GetBytes("%PDF-1.4\n2 0 obj <</Type/Pages/Count 1/Kids[4 0 R]>> endobj 4 0 obj <</Type/Page>> endobj 5 0 obj <</Type 8 0 R>> endobj") },
        { "objects in a stream's data", WithStream("7 0 obj <</Type/Page>> endobj", "/Subtype /Image") },
        { "objects in a string", [.. Pdf.Plain(1), .. Encoding.ASCII.GetBytes("8 0 obj << /Title (7 0 obj <</Type/Page>> endobj) >> endobj")] },
        { "objects in a comment", [.. Pdf.Plain(1), .. Encoding.ASCII.GetBytes("8 0 obj << /Title % 7 0 obj <</Type/Page>> endobj\n 1 >> endobj")] },
        { "a broken stream", [.. Pdf.Plain(1), .. Pdf.Packed(500)[..^120]] },
        { "a bomb", Bomb() },
    };

    [Theory]
    [MemberData(nameof(Hiding))]
    public void WhatMayHidePagesIsBoundedByAllThatAProviderTakes(string why, byte[] file)
    {
        var facts = Facts(file);
        Assert.True(facts is { Documents: 1, FoundDocuments: 0, ExactDocuments: 0 }, why);
        Assert.Equal(1_000_000, WorstCase.Of(facts, price, [], allowUnbounded: false).MaxInputTokens);
        Assert.Equal(1_000_000, CallLimits.JudgedInput(facts, price));
        Assert.True(Bound(facts) >= Math.Max(600, facts.Pages) * 7_784, why);
    }

    [Fact]
    public void OnePageThatATreeRefersToManyTimesCountsAsOften()
    {
        var facts = Facts(Pdf.Shared(400));
        Assert.Equal((1, 0, 400L), (facts.FoundDocuments, facts.ExactDocuments, facts.Pages));
        Assert.True(WorstCase.Expected(facts) >= 400 * 2_500);
    }

    [Fact]
    public void SpellingsThatHideAPageFromASearchHideItFromNobody()
    {
        var file = Encoding.ASCII.GetBytes("%PDF-1.4\n2 0 obj <</#54ype/P#61ges/C#6funt 2/K#69ds[4 0 R 5 0 R]>> endobj 4 0 obj <</Typ#65 /Page>> endobj 5 0 obj <</Type\n/P#61ge>> endobj");
        Assert.Equal((1, 2L), (Facts(file).ExactDocuments, Facts(file).Pages));
    }

    [Fact]
    public void APageOfDenseTextCountsAsItsText()
    {
        var facts = Facts(Pdf.Plain(1, new string('x', 60_000)));
        Assert.True(WorstCase.Expected(facts) >= 20_000);
        Assert.True(Bound(facts) >= 60_000);
        // Pages may share one text.
        Assert.True(Bound(Facts(Pdf.Plain(5, new string('x', 60_000)))) >= 300_000);
    }

    /// <summary>What is shown more than once counts as often, for the cap as for the hold.</summary>
    [Fact]
    public void TextThatIsShownAgainCountsAgain()
    {
        var text = new string('x', 3_000);
        Assert.InRange(WorstCase.Expected(Facts(Pdf.Shown(pages: 1, times: 100, text))), 100_000, 101_000);
        Assert.True(Bound(Facts(Pdf.Shown(pages: 1, times: 100, text))) >= 300_000);
        Assert.InRange(WorstCase.Expected(Facts(Pdf.Shown(pages: 50, times: 2, text))), 100_000, 130_000);
        // A form that is painted ten times by a form that is painted ten times.
        Assert.True(WorstCase.Expected(Facts(Pdf.Nested(10, text))) >= 100_000);
        // Another form of ordinary size does not make a document dear.
        Assert.InRange(WorstCase.Expected(Facts(Pdf.Nested(1, "Page header"))), 2_500, 2_600);
    }

    [Fact]
    public void TextBesideTheContentsCounts() => Assert.True(WorstCase.Expected(Facts([.. Pdf.Plain(1), .. Encoding.ASCII.GetBytes($"9 0 obj << /ActualText ({new string('x', 60_000)}) >> endobj")])) >= 20_000);

    [Fact]
    public void AMapOfLettersIsReadWhereACodeStandsForAFew()
    {
        Assert.Equal(1, Facts(Pdf.Mapped("006600660069")).ExactDocuments);
        Assert.Equal(0, Facts(Pdf.Mapped(string.Concat(Enumerable.Repeat("0078", 500)))).FoundDocuments);
    }

    [Theory]
    [InlineData("/Contents 3 0 R", "/Subtype /Image /Width 1 /Height 1", 0)]
    [InlineData("/Contents [ 3 0 R ]", "/Type /Metadata", 0)]
    [InlineData("/Contents 9 0 R", "", 0)]
    [InlineData("/Contents [ 3 0 R 9 0 R ]", "", 0)]
    [InlineData("/Contents (words)", "", 0)]
    [InlineData("/Contents [ 3 0 R", "", 0)]
    [InlineData("/Contents [ ]", "/Subtype /Image /Width 1 /Height 1", 1)]
    [InlineData("/Contents [ 3 0 R ]", "", 1)]
    [InlineData("/Contents\n3  0\nR", "", 1)]
    public void WhatAPageShowsIsReadWhateverItCallsItself(string contents, string stream, int found) => Assert.Equal(found, Facts(Pdf.With(contents, stream)).FoundDocuments);

    [Fact]
    public void DocumentsAddUpWhereverTheyStand()
    {
        var one = Base64(Pdf.Packed(3));
        var facts = Bodies.Facts(Bodies.Content($$$"""
            [{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{one}}}"}},
             {"type":"tool_result","content":[{"type":"document","source":{"media_type":"application/pdf","data":"{{{one.Replace("/", "\\/", StringComparison.Ordinal)}}}","type":"base64"}}]},
             {"type":"document","source":{"type":"content","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{one}}}"}}]}}]
            """));
        Assert.Equal((3, 3, 9L), (facts.Documents, facts.ExactDocuments, facts.Pages));
        Assert.InRange(Bound(facts), 9 * 7_784, (9 * 7_784) + 1_000);
    }

    [Fact]
    public void AFileThatIsAllTrickIsReadInOnePass()
    {
        foreach (var trick in (string[])["<<", "(", "/Kids[", "/Filter[", "<a", "<</Type/Pages", ">>stream\n", "<<>>stream\n", "<</Filter/FlateDecode>>stream\nendstream ", "%"])
        {
            var file = Encoding.ASCII.GetBytes("%PDF-1.4\n" + string.Concat(Enumerable.Repeat(trick, (8 << 20) / trick.Length)));
            Assert.Equal(0, Facts(file).FoundDocuments);
        }
    }

    static byte[] WithStream(string data, string dictionary)
    {
        var file = new MemoryStream();
        file.Write(Pdf.Plain(1));
        Pdf.Stream(file, 50, dictionary, Encoding.ASCII.GetBytes(data), deflated: false);
        return file.ToArray();
    }

    static byte[] Bomb()
    {
        var file = new MemoryStream();
        file.Write(Pdf.Plain(1));
        Pdf.Stream(file, 50, "/Type /ObjStm /First 9", Pdf.Deflate(new byte[InflateBudget.MaxBytes + 1]), deflated: true);
        return file.ToArray();
    }

    static string Base64(byte[] file) => Convert.ToBase64String(file);

    static RequestFacts Facts(byte[] file) =>
        Bodies.Facts(Bodies.Content($$$"""[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"{{{Base64(file)}}}"}}]"""));

    /// <summary>Of a model whose window is not known, so that nothing else bounds it.</summary>
    static long Bound(RequestFacts facts) => WorstCase.Of(facts, price with { ContextTokens = null }, [], allowUnbounded: false).MaxInputTokens;
}
