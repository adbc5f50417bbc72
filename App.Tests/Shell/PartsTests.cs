using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Tests.Shell;

/// <summary>What the small parts say, to eyes and to readers alike.</summary>
public sealed class PartsTests
{
    [Theory]
    [InlineData("1234.56", "$1,234.56", "1234.56")]
    [InlineData("0.000412", "$0.000412", "0.000412")]
    [InlineData("-3.2", "−$3.20", "-3.20")]
    [InlineData("0.048212345", "$0.05", "0.048212345")]
    public async Task AnAmountIsRoundedForPeopleAndExactInItsTitle(string usd, string text, string exact)
    {
        Assert.True(Money.TryParse(usd, out var money));
        var amount = (await Rendered.BodyOf<Amount>(("Value", money))).QuerySelector("data")!;
        Assert.Equal(text, amount.TextContent);
        Assert.Equal(exact + " USD", amount.GetAttribute("title"));
        Assert.Equal(exact, amount.GetAttribute("value"));
    }

    [Fact]
    public async Task AChangeSaysItsPlusAndAnExactAmountEveryDecimal()
    {
        var money = Money.FromUsd(0.048212345m);
        Assert.Equal("+$0.05", (await Rendered.BodyOf<Amount>(("Value", money), ("Signed", true))).TextContent.Trim());
        Assert.Equal("$0.048212345", (await Rendered.BodyOf<Amount>(("Value", money), ("Exact", true))).TextContent.Trim());
    }

    [Theory]
    [InlineData(-20, "just now")]
    [InlineData(-180, "3 min ago")]
    [InlineData(-7200, "2 h ago")]
    [InlineData(-6 * 86400, "6 d ago")]
    [InlineData(-7 * 86400, "Nov 14, 2026")]
    [InlineData(30, "just now")]
    [InlineData(9 * 86400 + 4 * 3600, "in 9 d 4 h")]
    [InlineData(60 * 86400, "Jan 20, 2027")]
    public async Task AMomentIsNearByDistanceAndFarByDate(int seconds, string text)
    {
        var at = Rendered.Now.AddSeconds(seconds);
        var time = (await Rendered.BodyOf<Moment>(("At", at))).QuerySelector("time")!;
        Assert.Equal(text, time.TextContent);
        Assert.Equal(at.UtcDateTime, DateTimeOffset.Parse(time.GetAttribute("datetime")!, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime);
    }

    [Fact]
    public async Task AMomentFromElsewhereIsSaidInUtc()
    {
        var at = new DateTimeOffset(2026, 11, 21, 15, 22, 7, TimeSpan.FromHours(1));
        var time = (await Rendered.BodyOf<Moment>(("At", at))).QuerySelector("time")!;
        Assert.Equal("2026-11-21 14:22:07 UTC", time.GetAttribute("title"));
    }

    [Fact]
    public async Task EveryStateHasItsOwnGlyphAndItsOwnWord()
    {
        var seen = new HashSet<(string, string)>();
        var glyphs = new HashSet<string>();
        foreach (var kind in Enum.GetValues<StatusKind>())
        {
            var chip = (await Rendered.BodyOf<StatusChip>(("Kind", kind))).QuerySelector(".chip")!;
            var glyph = chip.QuerySelector("path")!.GetAttribute("d")!;
            Assert.NotEqual("", chip.TextContent.Trim());
            Assert.True(seen.Add((chip.TextContent, chip.GetAttribute("data-status")!)), $"{kind} looks like another state");
            Assert.True(glyphs.Add(glyph), $"{kind} has the glyph of another state");
        }
    }

    [Fact]
    public void EveryIconHasADrawing() => Assert.All(Enum.GetValues<IconName>(), name => Assert.StartsWith("M", IconPaths.Of(name), StringComparison.Ordinal));

    [Theory]
    [InlineData("/dashboard/usage?tab=audit", true)]
    [InlineData("/", true)]
    [InlineData("//evil.test", false)]
    [InlineData("/\\evil.test", false)]
    [InlineData("https://evil.test/", false)]
    [InlineData("", false)]
    [InlineData("/a\r\nSet-Cookie: b", false)]
    public void TheThemeFormReturnsOnlyToThisSite(string path, bool local) => Assert.Equal(local, ThemeCookie.IsLocal(path));
}
