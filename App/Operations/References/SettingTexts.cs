namespace Governance.Operations.References;

/// <summary>What is written about a setting besides what the code says.</summary>
/// <param name="Sentence">What it does, in one sentence.</param>
/// <param name="Default">Empty where the code says it.</param>
/// <param name="Unit">Empty where it has none.</param>
[Pure]
sealed record SettingText(string Sentence, string Default = "", string Unit = "");

/// <summary>What is written about the settings of the host.</summary>
[Pure]
static class SettingTexts
{
    const string None = "(none)";
    const string Bytes = "bytes";
    const string Seconds = "seconds";

    public static readonly IReadOnlyDictionary<string, SettingText> Texts = new Dictionary<string, SettingText>(StringComparer.Ordinal)
    {
        ["Urls"] = new("Where it listens: addresses with scheme, host and port, separated by `;`.", "http://localhost:5000"),
        ["AllowedHosts"] = new("Names under which pages answer, separated by `;`; `*.example.com` stands for what lies below it, `*` for every name.", "(names of this machine, the host of Governance:PublicUrl and those of Urls)"),
        ["ConnectionStrings:Governance"] = new("The database: `Data Source=…` is a SQLite file, `Host=…` or `postgres://…` an existing PostgreSQL database.", "Data Source=data/governance.db"),
        ["Governance:Bootstrap"] = new("A file with the document that is applied at each start.", None),
        ["Governance:ManagementKey"] = new("A key for the management interface and `/metrics`, beside those that owners make.", None),
        ["Governance:EnvironmentKeys:<NAME>"] = new("The host that the secret in the environment variable `<NAME>` may be sent to (several with commas), or `governance` for the secret of a key or a first password.", None),
        ["Governance:SetupToken"] = new("The token that makes the first owner; instances behind one address need the same.", "(a new one at each start)"),
        ["Governance:ShowFirstKey"] = new("Whether secrets of new keys are printed: true everywhere, false nowhere.", "(only on a terminal)"),
        ["Governance:PublicUrl"] = new("Where people reach the dashboard; its host is one under which pages answer, and it stands in mails and links.", None),
        ["Governance:Proxies"] = new("Addresses or networks of the reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` count.", None),
        ["Governance:RequireHttps"] = new("True leads pages to https and refuses keys that come in the clear.", "false"),
        ["Governance:Door:MaxPages"] = new("How many pages may be open altogether.", "", "pages"),
        ["Governance:Door:MaxPagesPerAddress"] = new("How many pages one address may have open.", "", "pages"),
        ["Governance:Door:MaxNegotiationsPerMinute"] = new("How often one address may ask for a page's connection within a minute.", "", "a minute"),
        ["Governance:KeyRing:PassphraseFile"] = new("A file with the passphrase that encrypts the key ring; every instance needs the same.", None),
        ["Governance:KeyRing:CertificateFile"] = new("A certificate with its RSA key (PFX or PEM) that encrypts the key ring.", None),
        ["Governance:KeyRing:CertificatePasswordEnv"] = new("The environment variable with the certificate's password.", None),
        ["Governance:KeyRing:OldPassphraseFile"] = new("The passphrase that encrypted the key ring before; the next start encrypts it anew, then this can go.", None),
        ["Governance:KeyRing:OldCertificateFile"] = new("The certificate that encrypted the key ring before; the next start encrypts it anew, then this can go.", None),
        ["Governance:KeyRing:OldCertificatePasswordEnv"] = new("The environment variable with the old certificate's password.", None),
        ["Governance:Smtp:Host"] = new("The mail server; without one warnings wait and are shown on the dashboard.", None),
        ["Governance:Smtp:Port"] = new("Its port; 465 speaks TLS from the first byte, others by STARTTLS.", "587"),
        ["Governance:Smtp:From"] = new("The sender's address; needed where Host is set.", None),
        ["Governance:Smtp:User"] = new("The name with which it signs in to the mail server.", None),
        ["Governance:Smtp:PasswordEnv"] = new("The environment variable with the password; goes together with User.", None),
        ["Governance:Smtp:UseTls"] = new("False sends without TLS; then no password is sent.", "true"),
        ["Governance:Metrics:Public"] = new("True lets anybody read `/metrics`; else it asks for a management key.", "false"),
        ["Governance:Telemetry:OtlpEndpoint"] = new("Where metrics and traces are sent by OTLP, as `OTEL_EXPORTER_OTLP_ENDPOINT` says it elsewhere.", None),
        ["Governance:Telemetry:OtlpProtocol"] = new("How they are sent: `grpc` or `http/protobuf`.", "grpc"),
        ["Governance:Gateway:BodyLimitBytes"] = new("The largest body of a call.", "", Bytes),
        ["Governance:Gateway:MaxCalls"] = new("How many calls may be in flight at a time; beyond it they are told to come back.", "", "calls"),
        ["Governance:Gateway:MaxBodyBytes"] = new("How much the bodies of calls in flight may take in memory together.", "", Bytes),
        ["Governance:Gateway:RefusalsPerSecond"] = new("How many refusals of one key are recorded one by one within a second; what is beyond is counted in one row.", "", "refusals"),
        ["Governance:Gateway:BodyDepth"] = new("The deepest nesting of a body.", "", "levels"),
        ["Governance:Gateway:AnswerLimitBytes"] = new("The largest JSON answer that is read for what it cost.", "", Bytes),
        ["Governance:Gateway:ConnectSeconds"] = new("How long an upstream may take to connect.", "", Seconds),
        ["Governance:Gateway:FirstByteSeconds"] = new("How long an upstream may take to begin its answer.", "", Seconds),
        ["Governance:Gateway:IdleSeconds"] = new("How long an answer may be silent between two bytes.", "", Seconds),
        ["Governance:Gateway:ClientWriteSeconds"] = new("How long a client may take nothing of what waits for it.", "", Seconds),
        ["Governance:Gateway:TotalSeconds"] = new("How long an answer may take altogether.", "", Seconds),
        ["Governance:Gateway:DrainLimit"] = new("How many answers whose client hung up are read to their end at a time.", "", "answers"),
        ["Governance:Gateway:PricesStaleDays"] = new("After how many days the shipped price list is called old; 0 never.", "", "days"),
        ["Governance:Gateway:CacheSeconds"] = new("How long an answer stays in the response cache.", "", Seconds),
        ["Governance:Gateway:CacheLimitBytes"] = new("How much the response cache may hold.", "", Bytes),
        ["Governance:Drain:Seconds"] = new("How long calls in flight may go on after the first signal to stop.", "", Seconds),
        ["Governance:Journal:Folder"] = new("Where files lie that belong to the database; instances on PostgreSQL must share it, and a start that finds another folder is refused.", "(beside the SQLite file; with PostgreSQL `data` in the working folder)"),
        ["Governance:Journal:QueueLimit"] = new("How many works may wait to be written; beyond it calls are refused.", "", "works"),
        ["Governance:Journal:GatherFrom"] = new("From how many works on the next group gathers.", "", "works"),
        ["Governance:Journal:GatherMilliseconds"] = new("How long a group gathers under load.", "", "milliseconds"),
        ["Governance:Journal:CheckpointGroups"] = new("Commits between two checkpoints of SQLite's log.", "", "commits"),
        ["Governance:Journal:LogLimitBytes"] = new("SQLite's log is cut back beyond this size.", "", Bytes),
        ["Governance:Journal:FreeBytesLeast"] = new("Below so much free space on the database's disk calls are refused; 0 looks at nothing.", "", Bytes),
        ["Governance:Journal:ClockStepSeconds"] = new("By how much the clock may be set before people are told.", "", Seconds),
        ["Governance:Journal:ClockGapHours"] = new("A start whose clock is further than this from the newest entry takes no calls until somebody says that the clock is right; 0 looks at nothing.", "", "hours"),
        ["Governance:FailOpen:Folder"] = new("Where calls and allowances are kept while the ledger cannot be written; best another disk than the database's.", "(`open-window` in Governance:Journal:Folder)"),
        ["Governance:Audit:Checkpoints:Folder"] = new("Where signed checkpoints of the trail go; best another disk, or a folder that somebody else copies away.", "(`checkpoints` in Governance:Journal:Folder)"),
        ["Governance:Audit:Checkpoints:KeyFile"] = new("The private key that signs them (PEM, PKCS #8, P-256); made at the first start.", "(`keys/audit-checkpoint.pem` in Governance:Journal:Folder)"),
        ["Governance:Audit:Checkpoints:Seconds"] = new("How long an event may stay uncovered.", "", Seconds),
        ["Governance:Audit:Checkpoints:Records"] = new("So many events make a checkpoint due at once.", "", "events"),
    };
}
