using System.Text;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>No text passes a cap on input by being odd.</summary>
public sealed class OddTextTests
{
    static readonly string[] Kinds =
    [
        " ", "\t", "\n", "\r\n", "\u0000", "\u0001", "\u000b", "\u007f", "a", "Z", "7", "-", "_", "=", ".", "\"", "\\", "a1", "x ", " \t", "\n ", "\u00a0", "\u0301", "\u200b", "\ufeff", "\ue000",
        "\u2003", "\u3000", "\u4e2d", "\u0e01", "\U0001F600", "\U000E0020", "\U000F0000", "abc def ", "the-quick_brown/fox ",
    ];

    public static TheoryData<string> AllKinds => [.. Kinds];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void EveryTextIsAtLeastATokenForSixteenBytes(string kind)
    {
        foreach (var count in (int[])[1, 2, 3, 15, 16, 17, 63, 64, 65, 1_000, 100_000])
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(kind, count)));
            Assert.True(TokenEstimator.Units(text) * 16 >= text.Length * TokenEstimator.UnitsPerToken, $"{count} times {Uri.EscapeDataString(kind)}: {TokenEstimator.Units(text)} units for {text.Length} bytes");
        }
    }

    [Fact]
    public void ATextThatGoesOnNeverCountsLess()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var text = new StringBuilder();
            var before = 0L;
            for (var step = 0; step < 120; step++)
            {
                text.Append(Kinds[random.Next(random.Next(2) == 0 ? Kinds.Length : 20)]);
                var units = TokenEstimator.Units(Encoding.UTF8.GetBytes(text.ToString()));
                Assert.True(units >= before, $"seed {seed}, round {round}: {before} falls to {units} at {Uri.EscapeDataString(text.ToString())}");
                before = units;
            }
        }
    }

    /// <summary>Long unbroken runs are the exception: they are dearer by the character, which two short pieces of one are not.</summary>
    [Fact]
    public void ATextThatIsSplitNeverCountsLess()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(2, 24)).Select(_ => Kinds[random.Next(Kinds.Length)]));
            var runes = text.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
            var at = random.Next(1, runes.Length);
            var (whole, head, tail) = (Units(text), Units(string.Concat(runes[..at])), Units(string.Concat(runes[at..])));
            Assert.True(head + tail >= whole || LongestRun(text) >= 64, $"seed {seed}, round {round}: {whole} falls to {head} and {tail} where {Uri.EscapeDataString(text)} is split at {at}");
        }
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\t")]
    [InlineData(" ")]
    [InlineData("\\u200b")]
    public void EscapesCountAsWhatTheyStandFor(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000));
        Assert.True(Bodies.Facts(Bodies.Content($"\"{text}\"")).ExpectedTextTokens >= 100_000 / 16);
        Assert.True(Bodies.Facts(Bodies.Content("[{\"type\":\"future\",\"x\":{\"y" + text + "\":1}}]")).ExpectedTextTokens >= 100_000 / 16);
        Assert.True(Bodies.Facts(Bodies.With($"\"something_new\":\"{text}\"")).ExpectedTextTokens >= 100_000 / 16);
        Assert.True(Bodies.Facts(Bodies.With($$"""
            "tools":[{"name":"t","description":"{{text}}"}]
            """)).ExpectedTextTokens >= 100_000 / 16);
    }

    static long Units(string text) => TokenEstimator.Units(Encoding.UTF8.GetBytes(text));

    static int LongestRun(string text) => text.Split([.. text.Where(character => !char.IsAsciiLetterOrDigit(character) && "+/=_-".IndexOf(character) < 0)]).Max(run => run.Length);
}
