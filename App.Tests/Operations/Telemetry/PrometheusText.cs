using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Telemetry;

/// <summary>A series of a scrape: its name, its labels and its value.</summary>
sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string Key => $"{Name}{{{string.Join(',', Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}}}";
}

/// <summary>
/// Prometheus' text format 0.0.4, read as strictly as it is written down: one TYPE a family and before its samples, families in one piece, every series
/// once, counters by their names, buckets cumulated up to <c>+Inf</c>.
/// </summary>
sealed partial class PrometheusText
{
    readonly List<Sample> samples = [];
    readonly Dictionary<string, string> types = new(StringComparer.Ordinal);

    PrometheusText(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string? family = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(family = type.Groups[1].Value, type.Groups[2].Value), $"{family} has two types, or comes twice");
            }
            else if (HelpLine().Match(line) is { Success: true } help)
            {
                Assert.Equal(family, help.Groups[1].Value);
            }
            else
            {
                Add(line, family);
            }
        }
        Assert.Equal(samples.Count, samples.Select(sample => sample.Key).Distinct().Count());
        foreach (var histogram in types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            CheckBuckets(histogram);
        }
    }

    public IReadOnlyList<Sample> Samples => samples;

    /// <summary>The families that this program made, by their names without the suffixes of histograms.</summary>
    public IReadOnlyCollection<string> Families => types.Keys;

    public static PrometheusText Parse(string text) => new(text);

    /// <summary>What <c>/metrics</c> answers whoever shows this key.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> AskAsync(Product product, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.App.Url, "metrics"));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var answer = await product.App.Client.SendAsync(request);
        Assert.True(answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.ToString() == "text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static async Task<PrometheusText> ScrapeAsync(Product product)
    {
        var (status, text) = await AskAsync(product, ManagementKey);
        Assert.Equal(HttpStatusCode.OK, status);
        return Parse(text);
    }

    public const string ManagementKey = "proofs-management-key-0123456789";

    /// <summary>Scrapes until what is wanted is told.</summary>
    public static async Task<PrometheusText> EventuallyAsync(Product product, Func<PrometheusText, bool> wanted) =>
        await Eventually.ReadAsync(() => ScrapeAsync(product).GetAwaiter().GetResult(), wanted);

    /// <summary>The value of the one series with this name and exactly these labels.</summary>
    public double Value(string name, params (string Name, string Value)[] labels) =>
        Find(name, labels) ?? throw new Xunit.Sdk.XunitException($"There is no {name} with {string.Join(", ", labels)}:\n{string.Join('\n', samples.Where(sample => sample.Name == name).Select(sample => sample.Key))}");

    public double? Find(string name, params (string Name, string Value)[] labels) =>
        samples.SingleOrDefault(sample => sample.Name == name && sample.Labels.Count == labels.Length && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value))?.Value;

    void Add(string line, string? family)
    {
        var match = SampleLine().Match(line);
        Assert.True(match.Success, $"'{line}' is neither a sample nor a comment that has a meaning");
        var (name, labels) = (match.Groups["name"].Value, new Dictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < match.Groups["label"].Captures.Count; i++)
        {
            Assert.True(labels.TryAdd(match.Groups["label"].Captures[i].Value, Unescaped(match.Groups["value"].Captures[i].Value)), $"'{line}' names a label twice");
        }
        Assert.NotNull(family);
        var type = types[family];
        var own = type == "histogram" ? (string[])[family + "_bucket", family + "_sum", family + "_count"] : [family];
        Assert.True(own.Contains(name), $"'{line}' does not belong to {family}");
        Assert.True(type != "counter" || name.EndsWith("_total", StringComparison.Ordinal), $"the counter {name} does not end with _total");
        var value = double.Parse(match.Groups["number"].Value.Replace("+Inf", "∞", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.True(type != "counter" || value >= 0, $"'{line}' counts less than nothing");
        samples.Add(new Sample(name, labels, value));
    }

    void CheckBuckets(string histogram)
    {
        var series = samples.Where(sample => sample.Name == histogram + "_bucket")
            .GroupBy(sample => string.Join(',', sample.Labels.Where(label => label.Key != "le").OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")));
        foreach (var buckets in series.Select(each => each.ToList()))
        {
            Assert.Equal("+Inf", buckets[^1].Labels["le"]);
            var bounds = buckets[..^1].Select(bucket => double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(bounds.Order(), bounds);
            Assert.Equal(buckets.Select(bucket => bucket.Value).Order(), buckets.Select(bucket => bucket.Value));
            var labels = buckets[0].Labels.Where(label => label.Key != "le").Select(label => (label.Key, label.Value)).ToArray();
            Assert.Equal(buckets[^1].Value, Value(histogram + "_count", labels));
            Assert.NotNull(Find(histogram + "_sum", labels));
        }
    }

    static string Unescaped(string value) => value.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\\n]|\\[\\"n])*)",?)*\})? (?<number>[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf)|NaN)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleLine();
}
