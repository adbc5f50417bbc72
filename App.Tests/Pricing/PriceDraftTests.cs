using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Pricing;

namespace Governance.Tests.Pricing;

public sealed class PriceDraftTests
{
    [Fact]
    public void DollarsPerMillionBecomeWholePicoDollarsPerToken()
    {
        var draft = new PriceDraft { Model = " my-model ", ["price-input"] = "0.5", ["price-output"] = "1.123456", ["price-cache-write"] = "3", ["price-context"] = "200000" };
        var price = draft.Read(new FormProblems(), PriceList.Book)!;
        Assert.Equal(new PriceOverlay
        {
            Model = "my-model", Vendor = "anthropic", Rates = new() { Input = 500_000, Output = 1_123_456, CacheWriteShort = 3_000_000 }, ContextTokens = 200_000,
        }, price);
        Assert.Equal(("$0.50", "$1.123456"), (PriceDraft.Text(500_000), PriceDraft.Text(1_123_456)));
        Assert.Equal("input $0.50, output $1.123456, cache write, 5 min $3.00, context 200,000", PriceDraft.Named(price));
    }

    [Fact]
    public void OneFigureOfAShippedModelIsACorrectionAndOfAnUnknownOneItIsNot()
    {
        Assert.Equal(new OverlayRates { Output = 20_000_000 }, new PriceDraft { Model = "claude-opus-5-20260101", ["price-output"] = "20" }.Read(new FormProblems(), PriceList.Book)!.Rates);
        var problems = new FormProblems();
        Assert.Null(new PriceDraft { Model = "my-model", ["price-output"] = "20" }.Read(problems, PriceList.Book));
        Assert.NotNull(problems["price-input"]);
        Assert.Null(new PriceDraft { Model = "claude-opus-5" }.Read(problems, PriceList.Book));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1,5")]
    [InlineData("0.0000001")]
    [InlineData("1e3")]
    [InlineData("1000001")]
    public void AnythingElseIsAFaultOfItsField(string input)
    {
        var problems = new FormProblems();
        Assert.Null(new PriceDraft { Model = "m", ["price-input"] = input, ["price-output"] = "1" }.Read(problems, PriceList.Book));
        Assert.NotNull(problems["price-input"]);
    }

    [Theory]
    [InlineData("https://api.anthropic.com", false, true)]
    [InlineData("http://api.anthropic.com", false, false)]
    [InlineData("http://127.0.0.1:9000", true, true)]
    [InlineData("https://user@host", true, false)]
    [InlineData("ftp://host", true, false)]
    [InlineData("", false, false)]
    public void AnUpstreamOutsideIsHttps(string address, bool privateNetwork, bool allowed) =>
        Assert.Equal(allowed, UpstreamAddress.Problem(address, privateNetwork) is null);
}
