using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Audit.Exports;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Governance.Ledger.Entries;

namespace Governance.Operations.Commands;

/// <summary><c>App audit …</c>: take the trail out, and prove an export of it without a database.</summary>
static class AuditCommand
{
    const string Formats = "docs/audit-format.md tells the format; docs/verify_audit.py verifies too.";

    public static ExampleCommand Build(CommandContext context)
    {
        var command = new ExampleCommand("audit", "Take the trail out, and prove an export of it without a database.", "App audit export trail.jsonl", "App audit verify trail.jsonl --checkpoints /mnt/witness") { Further = Formats };
        command.Add(BuildExport(context));
        command.Add(BuildVerify());
        var key = new ExampleCommand("public-key", "Print the public half of the key that signs checkpoints; give it to whoever verifies.", "App audit public-key > checkpoints.pem");
        key.SetAction((_, _) => TryAsync(() => Task.FromResult(PublicKey(new CheckpointSettings(context.Configuration, new JournalSettings(context.Configuration).Folder)))));
        command.Add(key);
        return command;
    }

    static ExampleCommand BuildExport(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "The file to write; - is the standard output." };
        var chain = new Option<string?>("--chain") { Description = "One chain only: a project's id, _system or _ledger.", HelpName = "name" };
        var from = new Option<string?>("--from") { Description = "From a sequence number, included, or from an instant (2026-11-01, 2026-11-01T12:00Z; UTC).", HelpName = "n|instant" };
        var to = new Option<string?>("--to") { Description = "To a sequence number, included, or to before an instant.", HelpName = "n|instant" };
        var command = new ExampleCommand("export", "Write every event of the trail, and the ledger rows that it seals, as JSON Lines.",
            "App audit export trail.jsonl", "App audit export - --chain _system --from 2026-11-01 > november.jsonl") { file, chain, from, to };
        command.SetAction((parse, _) => TryAsync(() =>
        {
            var (first, since) = Bound(parse.GetValue(from));
            var (last, before) = Bound(parse.GetValue(to));
            return ExportAsync(parse.GetRequiredValue(file), new ExportRange(parse.GetValue(chain), first, last, since, before), new JournalSettings(context.Configuration));
        }));
        return command;
    }

    static ExampleCommand BuildVerify()
    {
        var file = new Argument<string>("export") { Description = "The export; - is the standard input." };
        var checkpoints = new Option<string[]>("--checkpoints") { Description = "Compare with the signed checkpoints in this folder and its folders; may be said again.", HelpName = "folder", Arity = ArgumentArity.OneOrMore };
        var keys = new Option<string[]>("--public-key")
        {
            Description = "Whose signatures count (PEM); may be said again. Without it the keys beside the checkpoints, which prove less: who can write there can put a key there.", HelpName = "file", Arity = ArgumentArity.OneOrMore,
        };
        var from = new Option<string?>("--from") { Description = "Recompute only events from this sequence number.", HelpName = "n" };
        var to = new Option<string?>("--to") { Description = "Recompute only events to this sequence number.", HelpName = "n" };
        var json = new Option<bool>("--json") { Description = "The report for machines.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("verify", "Prove an export; needs no database. Exit code: 0 clean, 1 differs, 2 could not be read.",
            "App audit verify trail.jsonl --checkpoints /mnt/witness --public-key checkpoints.pem") { file, checkpoints, keys, from, to, json };
        command.SetAction((parse, _) => TryAsync(() =>
        {
            var range = (Number(parse.GetValue(from)), Number(parse.GetValue(to)));
            return VerifyAsync(parse.GetRequiredValue(file), parse.GetValue(checkpoints) ?? [], parse.GetValue(keys) ?? [], range, parse.GetValue(json));
        }));
        return command;
    }

    static async Task<int> TryAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException
            or System.Data.Common.DbException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    static async Task<int> ExportAsync(string file, ExportRange range, JournalSettings settings)
    {
        if (!settings.IsShared && !File.Exists(settings.File))
        {
            throw new FileNotFoundException($"There is no database at {settings.File}.");
        }
        if (OpenedFiles.Unreadable(settings) is { } unreadable)
        {
            throw new IOException(unreadable);
        }
        using var snapshot = new LedgerSnapshot(settings.ReadConnectionString);
        // Before anything goes out, and after the view is taken, so that the export does not hold its own event.
        await CommandNotes.TellAsync(settings, CommandNotes.Exported, file == "-" ? "the standard output" : Path.GetFullPath(file));
        var export = new AuditExport(snapshot, range);
        var written = await Screen.Errors.WithProgressAsync("Exporting the trail", progress => WriteAsync(export, file, progress));
        await Console.Error.WriteLineAsync($"{written.Events} events, {written.Entries} entries and {written.Corrections} corrections exported.");
        return 0;
    }

    static async Task<(long Events, long Entries, long Corrections)> WriteAsync(AuditExport export, string file, IProgress<string> progress)
    {
        (long Events, long Entries, long Corrections) written;
        if (file == "-")
        {
            await using var output = Console.OpenStandardOutput();
            return export.Write(output, DateTimeOffset.UtcNow, progress);
        }
        var unfinished = file + ".part";
        await using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            written = export.Write(output, DateTimeOffset.UtcNow, progress);
            output.Flush(flushToDisk: true);
        }
        File.Move(unfinished, file, overwrite: true);
        return written;
    }

    static async Task<int> VerifyAsync(string file, string[] folders, string[] keyFiles, (long? From, long? To) range, bool json)
    {
        var notes = new List<string>();
        var book = ReadBook(folders, keyFiles, notes);
        using var input = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var verification = new ExportVerification(book, range.From, range.To);
        var report = await Screen.Errors.WithProgressAsync("Proving the export", progress => Task.FromResult(verification.Verify(input, new Rows(progress))));
        report = report with { Notes = [.. notes, .. report.Notes] };
        Console.WriteLine(json ? AuditJson.Text(report) : ExportReportText.Write(report, book.Last));
        return report.Clean ? 0 : 1;
    }

    static CheckpointBook ReadBook(string[] folders, string[] files, List<string> notes)
    {
        if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
        {
            throw new DirectoryNotFoundException($"There is no folder {missing}.");
        }
        if (folders.Length == 0)
        {
            notes.Add("No checkpoints were given: a trail that was cut, or changed and linked anew, cannot be told from a true one.");
            return CheckpointBook.Empty;
        }
        if (files.Length == 0)
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

    /// <summary>Counts of rows as lines of progress.</summary>
    sealed class Rows(IProgress<string> lines) : IProgress<long>
    {
        public void Report(long value) => lines.Report($"{value} lines");
    }
}
