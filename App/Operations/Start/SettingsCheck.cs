using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Governance.Alerts;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Documents.Text;
using Governance.Gateway;
using Governance.Journal;
using Governance.Ledger.FailOpen;
using Governance.Operations.References;
using Governance.Operations.Telemetry;
using Governance.Projects;
using Governance.Projects.KeyRing;
using Governance.Shell.Door;

namespace Governance.Operations.Start;

/// <summary>Looks at every setting before anything starts: what cannot be is a fault, what nobody reads is said.</summary>
static class SettingsCheck
{
    const string Root = "Governance";
    const string Urls = "urls";

    /// <summary>The sections whose settings are the properties of a type.</summary>
    static readonly (string Section, Type Type)[] sections =
    [
        (GatewaySettings.Section, typeof(GatewaySettings)), (DrainSettings.Section, typeof(DrainSettings)), ("Governance:Journal", typeof(JournalSettings)),
        ("Governance:Journal", typeof(StoreWatchSettings)), ("Governance:FailOpen", typeof(OpenWindowSettings)), ("Governance:Audit:Checkpoints", typeof(CheckpointSettings)), (CircuitSettings.Section, typeof(CircuitSettings)),
    ];

    /// <summary>The settings that stand by themselves.</summary>
    static readonly string[] single =
    [
        "Governance:Bootstrap", "Governance:ManagementKey", FirstRun.TokenSetting, FirstSteps.ShowSetting, "Governance:PublicUrl", "Governance:Metrics:Public", TelemetrySettings.EndpointSetting, TelemetrySettings.ProtocolSetting,
        DoorSettings.ProxiesSetting, DoorSettings.RequireHttpsSetting, .. KeyRingSettings.All,
        "Governance:Smtp:Host", "Governance:Smtp:Port", "Governance:Smtp:From", "Governance:Smtp:User", "Governance:Smtp:PasswordEnv", "Governance:Smtp:UseTls",
    ];

    static readonly List<(string Key, PropertyInfo Property)> typed =
    [
        .. from section in sections
           from property in section.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.SetMethod is { IsPublic: true }
           select ($"{section.Section}:{property.Name}", property),
    ];

    /// <summary>Settings that others than ours have, or that have a part of their own in their name.</summary>
    static readonly string[] beside = ["Urls", DoorSettings.HostsSetting, "ConnectionStrings:Governance", EnvironmentKeys.Section + ":<NAME>"];

    /// <summary>The single settings that say true or false.</summary>
    static readonly string[] flags = ["Governance:Metrics:Public", FirstSteps.ShowSetting, DoorSettings.RequireHttpsSetting, "Governance:Smtp:UseTls"];

    /// <summary>A setting as it is known here. The default is empty where only what reads it knows it.</summary>
    public sealed record Setting(string Key, string Type, string Allowed, string Default);

    /// <summary>Every setting, in the order of their names.</summary>
    public static IReadOnlyList<Setting> Known =>
    [
        .. beside.Concat(single).Select(key => flags.Contains(key) ? new Setting(key, "truth value", "true, false", "") : new Setting(key, key == "Governance:Smtp:Port" ? "whole number" : "text", key == "Governance:Smtp:Port" ? "1 to 65535" : "", ""))
            .Concat(typed.Select(setting => Describe(setting.Key, setting.Property))).OrderBy(setting => setting.Key, StringComparer.Ordinal),
    ];

    /// <summary>Every setting that cannot be, as a sentence each.</summary>
    public static List<string> Faults(IConfiguration configuration)
    {
        var faults = StoreFaults(configuration);
        faults.AddRange(StartSecrets.Faults(configuration).Select(fault => $"{fault.Path}: {fault.Message}"));
        faults.AddRange(EnvironmentKeys.Faults(configuration));
        faults.AddRange(Flag(configuration, "Governance:Metrics:Public"));
        faults.AddRange(Flag(configuration, FirstSteps.ShowSetting));
        faults.AddRange(TelemetrySettings.Faults(configuration));
        faults.AddRange(Addresses(configuration).SelectMany(AddressFault));
        faults.AddRange(DoorSettings.Faults(configuration));
        if (KeyRingSettings.Read(configuration, out var unusable) is null)
        {
            faults.Add(unusable);
        }
        try
        {
            MailSettings.Read(configuration);
        }
        catch (InvalidOperationException fault)
        {
            faults.AddRange(fault.Message.Split(Environment.NewLine));
        }
        return [.. faults.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The faults of the settings that every command needs.</summary>
    public static List<string> StoreFaults(IConfiguration configuration)
    {
        var faults = new List<string>();
        try
        {
            _ = new JournalSettings(configuration.GetConnectionString(Root) is { Length: > 0 } named ? named : JournalSettings.DefaultConnection);
        }
        catch (Exception fault) when (fault is ConnectionFault or ArgumentException or NotSupportedException or IOException)
        {
            faults.Add(fault is ConnectionFault ? fault.Message : $"ConnectionStrings:Governance: {fault.Message}");
        }
        foreach (var (key, property) in typed)
        {
            if (configuration[key] is { } text && Fault(key, property, text) is { } fault)
            {
                faults.Add($"{key}: {fault}");
            }
        }
        return faults;
    }

    /// <summary>Settings that are given and that nothing reads, as a sentence each.</summary>
    public static IReadOnlyList<string> Unknown(IConfiguration configuration)
    {
        string[] known = [.. typed.Select(setting => setting.Key), .. single];
        var given = configuration.GetSection(Root).AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key)
            .Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase) && !key.StartsWith(EnvironmentKeys.Section + ":", StringComparison.OrdinalIgnoreCase)
                && !key.StartsWith(DoorSettings.ProxiesSetting + ":", StringComparison.OrdinalIgnoreCase));
        var connections = configuration.GetSection("ConnectionStrings").GetChildren().Where(child => !child.Key.Equals(Root, StringComparison.OrdinalIgnoreCase)).Select(child => child.Path);
        return
        [
            .. given.Concat(connections).Order(StringComparer.Ordinal).Select(key => $"{key} is no setting, and nothing reads it{Suggested(key, [.. known, "ConnectionStrings:Governance"])}"),
            .. NearlyOurs(configuration, known),
        ];
    }

    /// <summary>Where it is to listen.</summary>
    public static IReadOnlyList<string> Addresses(IConfiguration configuration)
    {
        if (configuration[Urls] is { Length: > 0 } urls)
        {
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        string[] ports = [.. Ports("http_ports", "http"), .. Ports("https_ports", "https")];
        return ports.Length > 0 ? ports : ["http://localhost:5000"];

        IEnumerable<string> Ports(string key, string scheme) =>
            (configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}");
    }

    /// <summary>The same, also where the server's own section says it.</summary>
    public static IReadOnlyList<string> Listening(IConfiguration configuration)
    {
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().Where(url => !AddressFault(url).Any())];
        return endpoints.Length > 0 ? endpoints : Addresses(configuration);
    }

    static IEnumerable<string> AddressFault(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is not ("http" or "https") ? [$"Urls: '{url}' is not an http or https address such as http://localhost:5000."]
                : address.PathBase.Length > 0 ? [$"Urls: '{url}' has a path; write scheme, host and port only."]
                : address.Port is < 0 or > 65535 ? [$"Urls: '{url}' has a port that is not between 0 and 65535."]
                : [];
        }
        catch (FormatException)
        {
            return [$"Urls: '{url}' is not an http or https address such as http://localhost:5000."];
        }
    }

    static IEnumerable<string> Flag(IConfiguration configuration, string key) =>
        configuration[key] is { } text && !bool.TryParse(text, out _) ? [$"{key}: '{DocumentPath.Shown(text)}' is neither true nor false."] : [];

    /// <summary>Null where the text is a value of the property's type within its range.</summary>
    static string? Fault(string key, PropertyInfo property, string text)
    {
        if (property.PropertyType == typeof(string))
        {
            return null;
        }
        if (property.PropertyType == typeof(bool))
        {
            return bool.TryParse(text, out _) ? null : $"'{DocumentPath.Shown(text)}' is neither true nor false.";
        }
        var (least, most) = Range(property);
        return !long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? $"'{DocumentPath.Shown(text)}' is not a whole number{(SettingTexts.Texts.GetValueOrDefault(key) is { Unit: { Length: > 0 } unit } ? $" ({unit})" : "")}; write one such as {Describe(key, property).Default}."
            : number < least || number > most ? string.Create(CultureInfo.InvariantCulture, $"{number} is not between {least} and {most}.") : null;
    }

    static (long Least, long Most) Range(PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var (least, most) = range is null ? (0L, long.MaxValue) : (Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture), Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture));
        return (least, property.PropertyType == typeof(int) ? Math.Min(most, int.MaxValue) : most);
    }

    static Setting Describe(string key, PropertyInfo property)
    {
        if (property.PropertyType == typeof(string))
        {
            return new Setting(key, "text", "", "");
        }
        // Every one of these types can be made without a configuration, and then has its defaults.
        var section = property.DeclaringType == typeof(JournalSettings) ? new JournalSettings(JournalSettings.DefaultConnection)
            : property.DeclaringType == typeof(CheckpointSettings) ? new CheckpointSettings(null, "data") : Activator.CreateInstance(property.DeclaringType!);
        var standing = Convert.ToString(property.GetValue(section), CultureInfo.InvariantCulture) ?? "";
        if (property.PropertyType == typeof(bool))
        {
            return new Setting(key, "truth value", "true, false", standing.ToLowerInvariant());
        }
        var (least, most) = Range(property);
        return new Setting(key, "whole number", most is long.MaxValue or int.MaxValue ? $"from {least}" : $"{least} to {most}", standing);
    }

    /// <summary>Names that were surely meant to be ours: <c>Govenance__Bootstrap</c>, <c>GOVERNANCE_BOOTSTRAP</c>.</summary>
    static IEnumerable<string> NearlyOurs(IConfiguration configuration, string[] known) =>
        from child in configuration.GetChildren()
        where !child.Key.Equals(Root, StringComparison.OrdinalIgnoreCase)
        let start = child.Key.Split('_')[0]
        where (child.Key.Contains('_', StringComparison.Ordinal) && start.Equals(Root, StringComparison.OrdinalIgnoreCase)) || (child.Value is null && Words.Nearest(child.Key, [Root]) is not null)
        let meant = child.Value is null ? child.GetChildren().Select(inner => $"{Root}:{inner.Key}").FirstOrDefault() : child.Key.Replace('_', ':')
        select $"{child.Key}{(child.Value is null ? ":…" : "")} is no setting, and nothing reads it{Suggested(meant ?? child.Key, known)}";

    static string Suggested(string key, string[] known) => Words.Nearest(key, known) is { } near
        ? $"; did you mean {near} (environment {near.Replace(":", "__", StringComparison.Ordinal)})?" : ".";
}
