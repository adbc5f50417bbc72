namespace Governance.Tests.Operations.Telemetry;

/// <summary>The reader of scrapes finds what is wrong with one.</summary>
public sealed class PrometheusTextTests
{
    const string Good = "# TYPE a_total counter\n# HELP a_total What.\na_total{x=\"1\\\"\\\\\\n\"} 3\na_total{} 4\n# TYPE b_seconds histogram\nb_seconds_bucket{le=\"0.5\"} 1\nb_seconds_bucket{le=\"+Inf\"} 3\nb_seconds_sum 1.5\nb_seconds_count 3\n";

    [Fact]
    public void WhatIsRightIsRead()
    {
        var text = PrometheusText.Parse(Good);
        Assert.Equal((3d, 4d, 3d), (text.Value("a_total", ("x", "1\"\\\n")), text.Value("a_total"), text.Value("b_seconds_count")));
    }

    [Theory]
    [InlineData("a_total{} 4\n", "a_total{} 4\na_total{} 5\n")]
    [InlineData("# TYPE a_total counter\n", "")]
    [InlineData("a_total", "a")]
    [InlineData("le=\"+Inf\"} 3", "le=\"+Inf\"} 2")]
    [InlineData("bucket{le=\"0.5\"} 1", "bucket{le=\"0.5\"} 4")]
    [InlineData("b_seconds_bucket{le=\"+Inf\"} 3\n", "")]
    [InlineData("} 3\na_total{} 4", "} three\na_total{} 4")]
    [InlineData("# HELP a_total What.", "# HELP b_total What.")]
    [InlineData("b_seconds_sum 1.5\n", "")]
    [InlineData("b_seconds_count 3\n", "b_seconds_count 3\n# TYPE a_total counter\n")]
    public void WhatIsWrongIsSeen(string part, string planted) =>
        Assert.ThrowsAny<Exception>(() => PrometheusText.Parse(Good.Replace(part, planted, StringComparison.Ordinal)));
}
