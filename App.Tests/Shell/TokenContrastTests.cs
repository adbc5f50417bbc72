using System.Globalization;
using System.Text.RegularExpressions;

namespace Governance.Tests.Shell;

/// <summary>Reads the colours out of the stylesheet itself, so that no later change of a token slips below what people can read.</summary>
public sealed partial class TokenContrastTests
{
    static readonly Dictionary<string, (string Light, string Dark)> Tokens = Read();

    [Theory]
    [InlineData("approved")]
    [InlineData("warned")]
    [InlineData("review")]
    [InlineData("denied")]
    [InlineData("forced")]
    [InlineData("simulated")]
    [InlineData("neutral")]
    public void TheWordOfAStateIsReadableOnItsGround(string state) => AssertContrast(state + "-fg", state + "-bg", 5.5);

    [Theory]
    [InlineData("text", "page", 7)]
    [InlineData("text", "surface", 7)]
    [InlineData("text", "raised", 7)]
    [InlineData("text", "sunken", 7)]
    [InlineData("text", "denied-bg", 7)]
    [InlineData("text", "warned-bg", 7)]
    [InlineData("muted", "page", 4.5)]
    [InlineData("muted", "surface", 4.5)]
    [InlineData("muted", "raised", 4.5)]
    [InlineData("muted", "sunken", 4.5)]
    [InlineData("accent", "page", 4.5)]
    [InlineData("accent", "surface", 4.5)]
    [InlineData("accent", "accent-soft", 4.5)]
    [InlineData("on-accent", "accent-solid", 4.5)]
    [InlineData("on-accent", "accent-hover", 4.5)]
    [InlineData("on-accent", "danger-solid", 4.5)]
    [InlineData("on-accent", "danger-hover", 4.5)]
    [InlineData("denied-fg", "surface", 4.5)]
    public void TextIsReadableOnEveryGroundItStandsOn(string text, string ground, double least) => AssertContrast(text, ground, least);

    [Theory]
    [InlineData("line-strong", "surface")]
    [InlineData("focus", "page")]
    [InlineData("focus", "surface")]
    public void EdgesThatMeanSomethingAreVisible(string edge, string ground) => AssertContrast(edge, ground, 3);

    [Fact]
    public void BlackOnWhiteIsTwentyOneToOne() => Assert.Equal(21, Contrast("#000000", "#ffffff"), 3);

    static void AssertContrast(string front, string back, double least)
    {
        var (frontLight, frontDark) = Tokens[front];
        var (backLight, backDark) = Tokens[back];
        var light = Contrast(frontLight, backLight);
        var dark = Contrast(frontDark, backDark);
        Assert.True(light >= least, $"light: {front} on {back} is {light:0.00}, not {least}");
        Assert.True(dark >= least, $"dark: {front} on {back} is {dark:0.00}, not {least}");
    }

    static double Contrast(string one, string other)
    {
        var (first, second) = (Luminance(one), Luminance(other));
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    static double Luminance(string colour) => 0.2126 * Linear(colour, 1) + 0.7152 * Linear(colour, 3) + 0.0722 * Linear(colour, 5);

    static double Linear(string colour, int at)
    {
        var part = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    static Dictionary<string, (string Light, string Dark)> Read()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No solution above the tests.");
        }
        var sheet = File.ReadAllText(Path.Combine(folder.FullName, "wwwroot", "app.css"));
        return Pair().Matches(sheet).ToDictionary(pair => pair.Groups[1].Value, pair => (pair.Groups[2].Value, pair.Groups[3].Value));
    }

    [GeneratedRegex(@"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")]
    private static partial Regex Pair();
}
