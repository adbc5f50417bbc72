using System.Globalization;
using System.Security.Cryptography;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Ledger;

namespace Governance.Configuration;

/// <summary><c>App audit …</c>: take the trail out, and prove an export of it without a database.</summary>
static class AuditCommand
{
    public const string Help = """
        App audit export <file|->           every event of the trail, and the ledger rows that it seals, as JSON Lines
          --chain <name>                    one chain only: a project's id, _system or _ledger
          --from <n|instant>  --to <n|instant>
                                            from and to a sequence number (both included), or from an instant to before another one
                                            (2026-11-01, 2026-11-01T12:00Z; UTC)
        App audit verify <export|->         prove an export; needs no database. 0 clean, 1 differs, 2 could not read
          --checkpoints <folder>            compare with the signed checkpoints in it and in its folders; may be given again
          --public-key <file>               whose signatures count (PEM; may be given again). Without it the keys beside the checkpoints,
                                            which prove less: who can write there can put a key there
          --from <n>  --to <n>              recompute only events with these sequence numbers
          --json                            the report for machines
        App audit public-key                the public half of the key that signs checkpoints; give it to whoever verifies
        A progress line is written to stderr every 100,000 rows. docs/audit-format.md tells the format; docs/verify_audit.py verifies too.
        """;

    static readonly HashSet<string> valued = ["--chain", "--from", "--to", "--checkpoints", "--public-key"];

    /// <param name="args">What stands behind <c>audit</c>.</param>
    public static async Task<int> RunAsync(string[] args, IConfiguration configuration)
    {
        try
        {
            var options = Read(args);
            return (options.Words.FirstOrDefault(), options.Words.Count) switch
            {
                ("export", 2) => await ExportAsync(options, new JournalSettings(configuration)),
                ("verify", 2) => Verify(options),
                ("public-key", 1) => PublicKey(new CheckpointSettings(configuration, new JournalSettings(configuration).Folder)),
                _ => throw new FormatException(Help),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException
            or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    static async Task<int> ExportAsync(Options options, JournalSettings settings)
    {
        if (!settings.IsShared && !File.Exists(settings.File))
        {
            throw new FileNotFoundException($"There is no database at {settings.File}.");
        }
        if (OpenedFiles.Unreadable(settings) is { } unreadable)
        {
            throw new IOException(unreadable);
        }
        var (from, since) = Bound(options.One("--from"));
        var (to, before) = Bound(options.One("--to"));
        var range = new ExportRange(options.One("--chain"), from, to, since, before);
        using var snapshot = new LedgerSnapshot(settings.ReadConnectionString);
        // Before anything goes out, and after the view is taken, so that the export does not hold its own event.
        await CommandNotes.TellAsync(settings, CommandNotes.Exported, options.Words[1] == "-" ? "the standard output" : Path.GetFullPath(options.Words[1]));
        var export = new AuditExport(snapshot, range);
        var progress = new Lines();
        (long Events, long Entries, long Corrections) written;
        if (options.Words[1] == "-")
        {
            await using var output = Console.OpenStandardOutput();
            written = export.Write(output, DateTimeOffset.UtcNow, progress);
        }
        else
        {
            var unfinished = options.Words[1] + ".part";
            await using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                written = export.Write(output, DateTimeOffset.UtcNow, progress);
                output.Flush(flushToDisk: true);
            }
            File.Move(unfinished, options.Words[1], overwrite: true);
        }
        await Console.Error.WriteLineAsync($"{written.Events} events, {written.Entries} entries and {written.Corrections} corrections exported.");
        return 0;
    }

    static int Verify(Options options)
    {
        var notes = new List<string>();
        var book = ReadBook(options, notes);
        using var input = options.Words[1] == "-" ? Console.OpenStandardInput() : new FileStream(options.Words[1], FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var verification = new ExportVerification(book, Number(options.One("--from")), Number(options.One("--to")));
        var report = verification.Verify(input, new Lines());
        report = report with { Notes = [.. notes, .. report.Notes] };
        Console.WriteLine(options.Words.Count == 2 && options.Json ? AuditJson.Text(report) : ExportReportText.Write(report, book.Last));
        return report.Clean ? 0 : 1;
    }

    static CheckpointBook ReadBook(Options options, List<string> notes)
    {
        var folders = options.All("--checkpoints");
        var files = options.All("--public-key");
        if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
        {
            throw new DirectoryNotFoundException($"There is no folder {missing}.");
        }
        if (folders.Count == 0)
        {
            notes.Add("No checkpoints were given: a trail that was cut, or changed and linked anew, cannot be told from a true one.");
            return CheckpointBook.Empty;
        }
        if (files.Count == 0)
        {
            files = [.. folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.pem", SearchOption.AllDirectories))];
            notes.Add("No public key was given: the keys beside the checkpoints were taken, and whoever can write there can have put them there.");
        }
        var keys = files.SelectMany(file => CheckpointKey.ReadPublic(File.ReadAllText(file))).DistinctBy(key => key.Key).ToDictionary(StringComparer.Ordinal);
        return CheckpointBook.Read(folders, keys);
    }

    static int PublicKey(CheckpointSettings settings)
    {
        using var key = CheckpointKey.Load(settings.KeyFile) ?? throw new FileNotFoundException($"There is no key at {settings.KeyFile}; the first start makes it.");
        Console.Write(key.PublicPem);
        return 0;
    }

    static (long? Sequence, DateTimeOffset? At) Bound(string? text) =>
        text is null ? default
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? (sequence, null)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? (null, at)
        : throw new FormatException($"'{text}' is neither a sequence number nor an instant.");

    static long? Number(string? text) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"'{text}' is no sequence number.");

    static Options Read(string[] args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                options.Json = true;
            }
            else if (args[i].IndexOf('=') is > 0 and var equals && valued.Contains(args[i][..equals]))
            {
                options.Values.Add((args[i][..equals], args[i][(equals + 1)..]));
            }
            else if (valued.Contains(args[i]) && i + 1 < args.Length)
            {
                options.Values.Add((args[i], args[++i]));
            }
            else if (args[i] == "-" || !args[i].StartsWith('-'))
            {
                options.Words.Add(args[i]);
            }
            else if (!args[i].Contains('=', StringComparison.Ordinal))
            {
                throw new FormatException($"'{args[i]}' is no option, or lacks its value.{Environment.NewLine}{Environment.NewLine}{Help}");
            }
        }
        return options;
    }

    sealed class Options
    {
        public List<string> Words { get; } = [];
        public List<(string Name, string Value)> Values { get; } = [];
        public bool Json { get; set; }
        public IReadOnlyList<string> All(string name) => [.. Values.Where(value => value.Name == name).Select(value => value.Value)];
        public string? One(string name) => All(name) is [.., var last] ? last : null;
    }

    /// <summary>Progress to stderr, at once and in order.</summary>
    sealed class Lines : IProgress<string>, IProgress<long>
    {
        public void Report(string value) => Console.Error.WriteLine(value);

        public void Report(long value) => Console.Error.WriteLine($"{value} lines");
    }
}
