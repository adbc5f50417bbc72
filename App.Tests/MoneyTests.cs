namespace Governance.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("50.00", 50_000_000_000, "50.00")]
    [InlineData("0.000000001", 1, "0.000000001")]
    [InlineData("-3.5", -3_500_000_000, "-3.50")]
    public void PlainAmountsAreReadAndWrittenExactly(string text, long nanos, string plain)
    {
        Assert.True(Money.TryParse(text, out var money));
        Assert.Equal(nanos, money.Nanos);
        Assert.Equal(plain, money.ToPlain());
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("$5")]
    [InlineData("0.0000000001")]
    [InlineData("99999999999")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData(null)]
    public void WhatIsNotAPlainAmountIsRejected(string? text) => Assert.False(Money.TryParse(text, out _));

    [Theory]
    [InlineData(1_234_560_000_000, "$1,234.56")]
    [InlineData(400_000, "$0.0004")]
    [InlineData(412_345, "$0.000412345")]
    [InlineData(486_000, "$0.000486")]
    [InlineData(-100_000_000, "−$0.10")]
    [InlineData(0, "$0.00")]
    public void PeopleReadDollarsAndNeverASmallCostAsNothing(long nanos, string shown) => Assert.Equal(shown, new Money(nanos).ToString());

    [Fact]
    public void SumsThatOverflowThrow() => Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
}
