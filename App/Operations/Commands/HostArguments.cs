namespace Governance.Operations.Commands;

/// <summary>The arguments of the program, parted into what the host reads as settings and the words that remain for the command line.</summary>
/// <param name="Settings">Each as <c>--name=value</c>.</param>
/// <param name="Problem">A setting without a value, as a sentence; null where there is none.</param>
[Pure]
sealed record HostArguments(string[] Settings, string[] Words, string? Problem)
{
    /// <summary>What the host and its server read that has no section of its own.</summary>
    public static readonly string[] Names =
    [
        "urls", "environment", "contentRoot", "webRoot", "applicationName", "http_ports", "https_ports", "AllowedHosts", "detailedErrors", "captureStartupErrors", "shutdownTimeoutSeconds",
        "preferHostingUrls", "suppressStatusMessages", "startupAssembly", "preventHostingStartup", "hostingStartupAssemblies", "hostingStartupExcludeAssemblies", "staticWebAssets",
        "forwardedHeaders_enabled", "reloadStaticAssetsAtRuntime", "hostBuilder:reloadConfigOnChange",
    ];

    static readonly string[] sections = ["Governance", "ConnectionStrings", "Logging", "Kestrel"];
    const string TelemetryPrefix = "OTEL_";
    const string Option = "--";

    /// <param name="fromEnvironment">Names that the environment sets for the host too, which whoever hosts the program in a test passes on.</param>
    public static HostArguments Split(IReadOnlyList<string> args, IReadOnlySet<string> fromEnvironment)
    {
        var (settings, words) = (new List<string>(), new List<string>());
        string? problem = null;
        for (var at = 0; at < args.Count; at++)
        {
            if (args[at] == Option)
            {
                words.AddRange(args.Skip(at));
                break;
            }
            var (name, value) = Parts(args[at]);
            if (name is null || !(IsSetting(name) || (value is not null && args[at].StartsWith(Option, StringComparison.Ordinal) && IsPassedOn(name, fromEnvironment))))
            {
                words.Add(args[at]);
            }
            else if (value is null && (at + 1 == args.Count || args[at + 1].StartsWith(Option, StringComparison.Ordinal)))
            {
                problem ??= $"{Option}{name} needs a value, such as {Option}{name} {(name.Equals("urls", StringComparison.OrdinalIgnoreCase) ? "http://localhost:5001" : "…")}.";
            }
            else
            {
                settings.Add($"{Option}{name}={value ?? args[++at]}");
            }
        }
        return new HostArguments([.. settings], [.. words], problem);
    }

    /// <summary>The forms that the host takes: <c>--name=value</c>, <c>--name value</c>, <c>/name=value</c> and <c>name=value</c>.</summary>
    static (string? Name, string? Value) Parts(string arg)
    {
        var isOption = arg.StartsWith(Option, StringComparison.Ordinal);
        var bare = isOption ? arg[Option.Length..] : arg.StartsWith('/') ? arg[1..] : arg;
        return bare.IndexOf('=', StringComparison.Ordinal) is >= 0 and var equals ? (bare[..equals], bare[(equals + 1)..]) : (isOption ? bare : null, null);
    }

    static bool IsSetting(string name) =>
        Names.Contains(name, StringComparer.OrdinalIgnoreCase) || sections.Any(section => name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)) || name.StartsWith(TelemetryPrefix, StringComparison.Ordinal);

    /// <summary>A host in a test passes on every setting that it has, whole sections among them.</summary>
    static bool IsPassedOn(string name, IReadOnlySet<string> fromEnvironment) => sections.Contains(name, StringComparer.OrdinalIgnoreCase) || fromEnvironment.Contains(name);
}
