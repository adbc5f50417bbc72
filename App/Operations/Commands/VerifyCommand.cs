using System.CommandLine;
using System.Text.Json;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Journal.Sqlite;

namespace Governance.Operations.Commands;

/// <summary><c>App verify</c>: every promise with what was looked at, and every finding, for people or as JSON.</summary>
static class VerifyCommand
{
    static readonly JsonSerializerOptions indented = new(AuditJson.Options) { WriteIndented = true };

    public static ExampleCommand Build(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "The report for machines.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("verify", "Prove the ledger from its own rows, and print what was checked and what differs. Exit code: 0 clean, 1 differs, 2 could not be read.", "App verify", "App verify --json > report.json") { json };
        command.SetAction((parse, _) => context.WithStoreAsync(settings => RunAsync(settings, new CheckpointSettings(context.Configuration, settings.Folder), parse.GetValue(json))));
        return command;
    }

    static async Task<int> RunAsync(JournalSettings settings, CheckpointSettings checkpoints, bool json)
    {
        if (!settings.IsShared && !File.Exists(settings.File))
        {
            return await UnreadableAsync(json, $"There is no database at {settings.File}.");
        }
        if (OpenedFiles.Unreadable(settings) is { } unreadable)
        {
            return await UnreadableAsync(json, unreadable);
        }
        VerificationReport report;
        try
        {
            // In use, a hold must have ended by now; at rest, by the time at which it was written last.
            DateTimeOffset? now = settings.IsShared || Database.IsHeld(settings) ? TimeProvider.System.GetUtcNow() : null;
            report = await Screen.Errors.WithProgressAsync("Reading the ledger", progress =>
                Verification.VerifyAsync(settings.ReadConnectionString, progress, checkpoints, now, wall: TimeProvider.System.GetUtcNow()));
        }
        catch (System.Data.Common.DbException exception)
        {
            return await UnreadableAsync(json, $"{settings.Place} could not be read: {exception.Message}");
        }
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(Document(report), indented));
        }
        else
        {
            Print(report);
        }
        return report.IsClean ? 0 : 1;
    }

    static void Print(VerificationReport report)
    {
        var screen = Screen.Output;
        screen.Print(["", "Invariant", "Promise", "Checked"],
        [
            .. report.Checks.Select(check => new ScreenRow(
                $"{(check.Failures == 0 ? "ok  " : "FAIL")} {check.Invariant,-10} {check.Promise}: {check.Rows} {check.Of}{(check.Failures == 0 ? "" : $", {check.Failures} failures")}", check.Failures == 0,
                check.Failures == 0 ? "ok" : "FAIL", check.Invariant, check.Promise, $"{check.Rows} {check.Of}{(check.Failures == 0 ? "" : $", {check.Failures} failures")}")),
        ]);
        screen.Print(["", "Invariant", "Subject", "Finding"],
        [
            .. report.Findings.Select(finding => (Finding: finding, Severity: finding.Severity.ToString().ToUpperInvariant())).Select(one => new ScreenRow(
                $"{one.Severity} {one.Finding.Invariant} {one.Finding.Subject}: {one.Finding.Message}", one.Finding.Severity == FindingSeverity.Failure ? false : null,
                one.Severity, one.Finding.Invariant, one.Finding.Subject, one.Finding.Message)),
        ]);
        var counted = $"{report.Rows.Events} events, {report.Rows.Entries} entries, {report.Rows.Balances} balances, {report.Rows.Holds} holds checked in {report.Duration.TotalSeconds:0.0} s.";
        screen.Print(report.IsClean ? $"Clean. {counted}" : $"Differs: {report.Findings.Count} findings. {counted}", report.IsClean);
    }

    static object Document(VerificationReport report) => new
    {
        clean = report.IsClean,
        seconds = Math.Round(report.Duration.TotalSeconds, 3),
        checks = report.Checks,
        findings = report.Findings,
        heads = report.Heads.ToDictionary(head => head.Key, head => new { head.Value.Sequence, hash = Convert.ToHexStringLower(head.Value.Hash.Span) }),
    };

    static async Task<int> UnreadableAsync(bool json, string message)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { error = message }, indented));
        }
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
