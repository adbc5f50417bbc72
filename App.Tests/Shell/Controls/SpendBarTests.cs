using AngleSharp.Dom;
using Governance.Pricing;
using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Tests.Shell.Controls;

/// <summary>A spend bar shows the gate's figures and the gate's verdict, and never flatters them.</summary>
public sealed class SpendBarTests
{
    [Fact]
    public async Task TheThreePartsOfTheBarAreSettledHeldAndHeadroom()
    {
        var bar = await Bar(41.2m, 3.1m, 50m, StatusKind.Warned, 50, 80);
        Assert.Equal("width:82.4%", bar.QuerySelector(".spend-settled")!.GetAttribute("style"));
        Assert.Equal("width:6.2%", bar.QuerySelector(".spend-held")!.GetAttribute("style"));
        Assert.Equal(["left:50%", "left:80%"], bar.QuerySelectorAll(".spend-tick").Select(tick => tick.GetAttribute("style")));
        Assert.Equal("$3.10 held · $5.70 left", bar.QuerySelector(".spend-foot span")!.TextContent.Trim());
    }

    [Fact]
    public async Task TheBarSaysItsFiguresAndTheVerdictInWords()
    {
        var bar = await Bar(41.2m, 3.1m, 50m, StatusKind.Warned);
        Assert.Equal("chat-widget: $41.20 of $50.00 spent, 82.4%; $3.10 held; Near cap.", bar.QuerySelector("[role=img]")!.GetAttribute("aria-label"));
        Assert.Equal("$41.20 of $50.00 82.4%", bar.QuerySelector(".spend-sum")!.TextContent.Trim());
    }

    [Fact]
    public async Task SpendThatCentsWouldRoundToTheCapIsExact()
    {
        var bar = await Bar(0.1796m, 0.0004m, 0.18m, StatusKind.Denied);
        Assert.Equal("chat-widget: $0.1796 of $0.18 spent, 99.7%; $0.0004 held; Blocking.", bar.QuerySelector("[role=img]")!.GetAttribute("aria-label"));
        Assert.Equal("$0.1796 of $0.18 99.7%", bar.QuerySelector(".spend-sum")!.TextContent.Trim());
        Assert.Equal("$0.004123457 of $0.005", (await Bar(0.004123457m, 0m, 0.005m, StatusKind.Approved)).QuerySelector(".spend-sum")!.TextContent.Trim()[..22]);
    }

    [Fact]
    public async Task TheVerdictIsTheGatesAndNotTheFigures()
    {
        var bar = await Bar(1m, 0m, 50m, StatusKind.Denied);
        Assert.Equal("denied", bar.QuerySelector(".spend")!.GetAttribute("data-status"));
        Assert.Equal("Blocking", bar.QuerySelector(".chip")!.TextContent);
    }

    [Fact]
    public async Task AnOverspentBarStaysInsideItsTrackAndMarksTheCap()
    {
        var bar = await Bar(75m, 25m, 50m, StatusKind.Denied, 80);
        Assert.Equal("width:75%", bar.QuerySelector(".spend-settled")!.GetAttribute("style"));
        Assert.Equal("width:25%", bar.QuerySelector(".spend-held")!.GetAttribute("style"));
        Assert.Equal("left:50%", bar.QuerySelector(".spend-cap")!.GetAttribute("style"));
        Assert.Equal("left:40%", bar.QuerySelector(".spend-tick")!.GetAttribute("style"));
        Assert.EndsWith("$50.00 over", bar.QuerySelector(".spend-foot span")!.TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutACapThereIsNoPercentAndNoVerdict()
    {
        var bar = await Rendered.BodyOf<SpendBar>(("Label", "Research"), ("Settled", Money.FromUsd(8m)), ("Held", Money.Zero));
        Assert.Equal("No cap", bar.QuerySelector(".chip")!.TextContent);
        Assert.DoesNotContain("%", bar.TextContent, StringComparison.Ordinal);
        Assert.Null(bar.QuerySelector(".spend-settled"));
    }

    [Theory]
    [InlineData(49.999, 50, "99.9%")]
    [InlineData(50, 50, "100%")]
    [InlineData(0.001, 50, "0%")]
    [InlineData(75, 50, "150%")]
    [InlineData(1, 0, "over 100%")]
    [InlineData(0, 0, "0%")]
    public void AHundredPercentIsNotSaidBeforeItIsReached(double settled, double cap, string text) =>
        Assert.Equal(text, SpendShares.UsedText(Money.FromUsd((decimal)settled), Money.FromUsd((decimal)cap)));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(10, 0, 0)]
    [InlineData(-5, 0, 50)]
    [InlineData(120, 30, 50)]
    public void ThePartsNeverExceedTheBar(int settled, int held, int cap)
    {
        var shares = SpendShares.Of(Money.FromUsd(settled), Money.FromUsd(held), Money.FromUsd(cap));
        Assert.InRange(shares.SettledPercent, 0, 100);
        Assert.InRange(shares.SettledPercent + shares.HeldPercent, 0, 100.0000001m);
        Assert.InRange(shares.CapPercent, 0, 100);
    }

    static Task<IElement> Bar(decimal settled, decimal held, decimal cap, StatusKind verdict, params int[] thresholds) => Rendered.BodyOf<SpendBar>(
        ("Label", "chat-widget"),
        ("Settled", Money.FromUsd(settled)),
        ("Held", Money.FromUsd(held)),
        ("Cap", Money.FromUsd(cap)),
        ("Verdict", verdict),
        ("Thresholds", thresholds));
}
