using System.Globalization;
using System.Text;

namespace Governance.Configuration;

/// <summary>Writes figures in the text form that Prometheus reads.</summary>
sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    readonly StringBuilder text = new();
    string name = "";

    /// <summary>Begins a metric; its values follow.</summary>
    /// <param name="type">counter, gauge or histogram.</param>
    public MetricsText Metric(string type, string metric, string help)
    {
        name = metric;
        text.Append("# HELP ").Append(metric).Append(' ').Append(help).Append('\n').Append("# TYPE ").Append(metric).Append(' ').Append(type).Append('\n');
        return this;
    }

    public MetricsText Value(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Value("", value.ToString("R", CultureInfo.InvariantCulture), labels);

    public MetricsText Value(long value, params ReadOnlySpan<(string Name, string Value)> labels) => Value("", value.ToString(CultureInfo.InvariantCulture), labels);

    /// <summary>A histogram's cumulated buckets, sum and count.</summary>
    public MetricsText Histogram(ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        var cumulated = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            cumulated += counts[i];
            Value("_bucket", cumulated.ToString(CultureInfo.InvariantCulture), [("le", i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf")]);
        }
        Value("_sum", sum.ToString("R", CultureInfo.InvariantCulture), []);
        return Value("_count", cumulated.ToString(CultureInfo.InvariantCulture), []);
    }

    public override string ToString() => text.ToString();

    MetricsText Value(string suffix, string value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(name).Append(suffix);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        }
        text.Append(labels.Length > 0 ? "} " : " ").Append(value).Append('\n');
        return this;
    }

    static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
