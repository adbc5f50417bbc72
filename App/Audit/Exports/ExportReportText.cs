using System.Globalization;
using System.Text;
using Governance.Audit.Checkpoints;

namespace Governance.Audit.Exports;

/// <summary>The report on an export for people.</summary>
[Pure]
static class ExportReportText
{
    public static string Write(ExportReport report, Checkpoint? last)
    {
        var text = new StringBuilder();
        foreach (var bad in new[] { report.Bad, report.Also }.OfType<BadRow>())
        {
            var place = bad.Chain is null ? "" : bad.Sequence is null ? $", chain {bad.Chain}" : $", chain {bad.Chain} sequence {bad.Sequence}";
            text.AppendLine(CultureInfo.InvariantCulture, $"FAILURE {bad.Code}{(bad.Line > 0 ? $" line {bad.Line}" : "")}{place}: {bad.Why}");
        }
        if (report.Part is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"NOTE part: this export says it is only a part of the trail ({report.Part}); what is not in it was not checked.");
        }
        foreach (var note in report.Notes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"NOTE {note}");
        }
        foreach (var tail in report.Unprotected)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"NOTE unprotected: chain {tail.Chain}, events {tail.From} to {tail.To} are behind the last checkpoint; they are linked, but whoever administers the database could have changed or cut them.");
        }
        var checkpoints = last is null ? "no checkpoints" : $"{report.Checkpoints} checkpoints, the last of {last.At:yyyy-MM-ddTHH:mm:ssZ}";
        text.Append(CultureInfo.InvariantCulture, $"{(report.Clean ? "Clean." : "Differs.")} {report.Events} events, {report.Entries} entries and {report.Corrections} corrections checked against {checkpoints}.");
        return text.ToString();
    }
}
