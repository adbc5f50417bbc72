using System.Globalization;
using System.Net.Mail;
using Governance.Members;

namespace Governance.Alerts;

/// <summary>How mail leaves: <c>Governance:Smtp</c>, and <c>Governance:PublicUrl</c> for the links in it.</summary>
sealed record MailSettings
{
    /// <summary>Null where no server is configured: warnings are kept and shown, and nothing is sent.</summary>
    public string? Host { get; init; }
    public int Port { get; init; } = 587;
    public string From { get; init; } = "";
    public string? User { get; init; }
    public string? Password { get; init; }
    /// <summary>STARTTLS, and on port 465 TLS from the first byte; a server that does not offer it then gets nothing.</summary>
    public bool UseTls { get; init; } = true;
    /// <summary>Where people reach the dashboard, without a slash at the end; empty where it was not said.</summary>
    public string PublicUrl { get; init; } = "";
    /// <summary>How long after each failed try the next one comes; the last is repeated.</summary>
    public IReadOnlyList<TimeSpan> Backoff { get; init; } =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1)];
    /// <summary>After this time a mail is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(72);

    public bool Configured => Host is not null;

    /// <summary>Reads and checks; every fault is named in the exception, so that one start shows them all.</summary>
    public static MailSettings Read(IConfiguration configuration)
    {
        var smtp = configuration.GetSection("Governance:Smtp");
        var faults = new List<string>();
        var settings = new MailSettings
        {
            Host = Said(smtp["Host"]),
            Port = PortOf(smtp["Port"], faults),
            From = smtp["From"]?.Trim() ?? "",
            User = Said(smtp["User"]),
            Password = Said(smtp["PasswordEnv"]) is { } variable ? Secret(variable, faults) : null,
            UseTls = Flag(smtp["UseTls"], faults),
            PublicUrl = Url(configuration["Governance:PublicUrl"], faults),
        };
        if (settings.Configured)
        {
            settings.Check(faults);
        }
        return faults.Count == 0 ? settings : throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
    }

    void Check(List<string> faults)
    {
        if (Uri.CheckHostName(Host) is UriHostNameType.Unknown)
        {
            faults.Add($"Governance:Smtp:Host: '{Host}' is not a host name or address.");
        }
        if (!MailAddress.TryCreate(From, out _) || From.Any(char.IsControl))
        {
            faults.Add("Governance:Smtp:From: must be an e-mail address where Host is set.");
        }
        if (User is null != Password is null)
        {
            faults.Add("Governance:Smtp: User and PasswordEnv belong together.");
        }
        if (User is not null && !UseTls)
        {
            faults.Add("Governance:Smtp:UseTls: a password is only sent over TLS.");
        }
    }

    static int PortOf(string? text, List<string> faults)
    {
        if (Said(text) is null)
        {
            return 587;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            faults.Add($"Governance:Smtp:Port: '{text}' is not a port (1 to 65535).");
        }
        return port;
    }

    static bool Flag(string? text, List<string> faults)
    {
        if (Said(text) is null)
        {
            return true;
        }
        if (!bool.TryParse(text, out var flag))
        {
            faults.Add($"Governance:Smtp:UseTls: '{text}' is neither true nor false.");
        }
        return flag;
    }

    static string? Secret(string variable, List<string> faults)
    {
        var secret = EnvironmentSecret.Passphrase(variable, out var problem);
        if (problem is not null)
        {
            faults.Add($"Governance:Smtp:PasswordEnv: {problem}.");
        }
        return secret;
    }

    static string Url(string? text, List<string> faults)
    {
        if (Said(text) is not { } said)
        {
            return "";
        }
        if (!Uri.TryCreate(said, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            faults.Add($"Governance:PublicUrl: '{said}' is not an http or https address; write one such as https://governance.example.com.");
        }
        return said.TrimEnd('/');
    }

    static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
