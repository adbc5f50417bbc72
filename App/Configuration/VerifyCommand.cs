using System.Text.Json;
using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Ledger;

namespace Governance.Configuration;

/// <summary><c>App verify</c>: every promise with what was looked at, and every finding, for people or as JSON.</summary>
static class VerifyCommand
{
    public const string Json = "--json";

    static readonly JsonSerializerOptions indented = new(AuditJson.Options) { WriteIndented = true };

    public static async Task<int> RunAsync(JournalSettings settings, CheckpointSettings checkpoints, bool json)
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
            report = await Verification.VerifyAsync(settings.ReadConnectionString, new Progress<string>(text => Console.Error.WriteLine(text)), checkpoints, now, wall: TimeProvider.System.GetUtcNow());
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
        foreach (var check in report.Checks)
        {
            Console.WriteLine($"{(check.Failures == 0 ? "ok  " : "FAIL")} {check.Invariant,-10} {check.Promise}: {check.Rows} {check.Of}{(check.Failures == 0 ? "" : $", {check.Failures} failures")}");
        }
        foreach (var finding in report.Findings)
        {
            Console.WriteLine($"{finding.Severity.ToString().ToUpperInvariant()} {finding.Invariant} {finding.Subject}: {finding.Message}");
        }
        var counted = $"{report.Rows.Events} events, {report.Rows.Entries} entries, {report.Rows.Balances} balances, {report.Rows.Holds} holds checked in {report.Duration.TotalSeconds:0.0} s.";
        Console.WriteLine(report.IsClean ? $"Clean. {counted}" : $"Differs: {report.Findings.Count} findings. {counted}");
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
