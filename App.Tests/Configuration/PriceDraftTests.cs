using Governance.Configuration;
using Governance.Projects;

namespace Governance.Tests.Configuration;

public sealed class PriceDraftTests
{
    [Fact]
    public void DollarsPerMillionBecomeWholePicoDollarsPerToken()
    {
        var draft = new PriceDraft { Model = " my-model ", ["price-input"] = "0.5", ["price-output"] = "1.123456", ["price-cache-write"] = "3" };
        var price = draft.Read(new FormProblems())!;
        Assert.Equal(("my-model", "workspace"), (price.Model, price.Origin));
        Assert.Equal((500_000, 1_123_456, 500_000, 3_000_000, 3_000_000), (price.Rates.Input, price.Rates.Output, price.Rates.CacheRead, price.Rates.CacheWriteShort, price.Rates.CacheWriteLong));
        Assert.Equal(("$0.50", "$1.123456"), (PriceDraft.Text(price.Rates.Input), PriceDraft.Text(price.Rates.Output)));
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
        Assert.Null(new PriceDraft { Model = "m", ["price-input"] = input, ["price-output"] = "1" }.Read(problems));
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
