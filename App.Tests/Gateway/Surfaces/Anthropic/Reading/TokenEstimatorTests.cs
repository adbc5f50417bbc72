using System.Diagnostics;
using System.Text;
using Governance.Decisions;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Xunit.Abstractions;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

public sealed class TokenEstimatorTests(ITestOutputHelper output)
{
    /// <summary>Text and thousandths of a token, by hand from the weights.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("word", 1_261)]
    [InlineData("sixsix", 1_261)]
    [InlineData("sevenab", 1_261 + 871)]
    [InlineData("two words", 2 * 1_261)]
    [InlineData("123", 1_690)]
    [InlineData("1234", 2 * 1_690)]
    [InlineData("a1b", 1_261 + 1_690 + 1_261)]
    [InlineData(".,", 2 * 637)]
    [InlineData("-_", 2 * 637)]
    [InlineData("\n\n\r\n", 2_860)]
    [InlineData("\n a\n", 2_860 + 1_261 + 2_860)]
    [InlineData("\u4e2d\u6587", 2 * 950)]
    [InlineData("\u3042", 950)]
    [InlineData("\u00e9", 1_014)]
    [InlineData("\u0e01", 1_937)]
    [InlineData("\U0001F600", 3_380)]
    [InlineData("\t  ", 500 + 500 + 63)]
    [InlineData("a  b", 1_261 + 63 + 1_261)]
    [InlineData("\u0000\u0001\u007f", 3 * 1_300)]
    public void EachKindOfCharacterHasItsWeight(string text, long units) => Assert.Equal(units, TokenEstimator.Units(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void ALongUnbrokenRunIsCountedByTheCharacter()
    {
        Assert.Equal(64 * 975, TokenEstimator.Units(Encoding.UTF8.GetBytes(new string('a', 64))));
        Assert.Equal(1_261 + 10 * 871, TokenEstimator.Units(Encoding.UTF8.GetBytes(new string('a', 63))));
        Assert.Equal(2 * 1_261 + 70 * 975, TokenEstimator.Units(Encoding.UTF8.GetBytes("x " + new string('4', 70) + " y")));
    }

    [Fact]
    public void BytesThatBreakOffInACharacterAreCountedToo()
    {
        for (var length = 0; length <= 4; length++)
            Assert.True(TokenEstimator.Units("\U0001F600"u8[..length]) == (length == 0 ? 0 : 3_380));
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog, and then it goes home to sleep until the next morning.", 0.20, 0.40)]
    [InlineData("public static long Units(ReadOnlySpan<byte> text) => text.Length > 0 ? text[0] : 0;", 0.25, 0.50)]
    [InlineData("{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}", 0.33, 0.60)]
    public void TokensPerByteStayInTheMeasuredRange(string text, double least, double most) =>
        Assert.InRange(TokenEstimator.Units(Encoding.UTF8.GetBytes(text)) / 1_000.0 / text.Length, least, most);

    [Fact]
    public void PromptsAddTheirOverheads()
    {
        Assert.Equal(7, TokenEstimator.Prompt(0, 0, 0));
        Assert.Equal(1 + 7 + 2 * 4, TokenEstimator.Prompt(1, 2, 0));
        Assert.Equal(7 + 350, TokenEstimator.Prompt(0, 0, 5));
    }

    [Fact]
    public void BodiesOfUsualSizeAreReadAndTimed()
    {
        Measure("1 KB body", Bodies.Content("\"" + string.Concat(Enumerable.Repeat("The ledger adds up, \\\"always\\\".\\n", 28)) + "\""));
        Measure("coding agent", Bodies.CodingAgent());
    }

    void Measure(string name, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var best = double.MaxValue;
        for (var round = 0; round < 30; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var times = 0; times < 100; times++)
                Assert.IsType<ReadFacts>(RequestReader.Read(bytes, ReadLimits.Default));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / 100);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var facts = Assert.IsType<ReadFacts>(RequestReader.Read(bytes, ReadLimits.Default)).Facts;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var first = Stopwatch.GetTimestamp();
        for (var times = 0; times < 1_000; times++)
            TaskClassifier.Classify(facts);
        output.WriteLine($"{name}: {bytes.Length} bytes, {best:F1} us, {allocated} bytes allocated, classify {Stopwatch.GetElapsedTime(first).TotalMicroseconds / 1_000:F2} us");
    }
}
