using System.Globalization;
using Governance.Audit.Timeline;

namespace Governance.Audit;

/// <summary>Addresses of pages whose state is their query.</summary>
[Pure]
static class Address
{
    public const string Usage = "/dashboard/usage";

    /// <summary>The path with every value that is said, escaped, in their order.</summary>
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var address = path;
        var mark = '?';
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                address += $"{mark}{name}={Uri.EscapeDataString(value)}";
                mark = '&';
            }
        }
        return address;
    }

    /// <summary>The timeline narrowed by this filter, with <paramref name="opened"/> unfolded.</summary>
    public static string Timeline(AuditFilter filter, long? opened = null) => Of(
        Usage,
        ("tab", "audit"),
        ("category", filter.Category?.ToString().ToLowerInvariant()),
        ("actor", filter.Actor),
        ("project", filter.Project),
        ("q", filter.Text),
        ("from", Day(filter.From)),
        ("to", Day(filter.Until)),
        ("request", filter.Request),
        ("seals", filter.Seals ? "show" : null),
        ("event", opened?.ToString(CultureInfo.InvariantCulture)));

    /// <summary>One event of the timeline.</summary>
    public static string Event(long id) => Timeline(new AuditFilter(), id);

    /// <summary>The request with everything that is known of it.</summary>
    public static string Call(string request) => Of(Usage, ("call", request));

    public static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Null for what is no day, so that a mistyped address shows everything rather than nothing.</summary>
    public static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>Null for what is empty.</summary>
    public static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
