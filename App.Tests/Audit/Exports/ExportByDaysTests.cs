using System.Text.Json;
using Governance.Audit.Exports;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Tests.Ledger;

namespace Governance.Tests.Audit.Exports;

/// <summary>An export of some days is whole although a wrong clock dated an event within them elsewhere.</summary>
public abstract class ExportByDaysTests(Store store)
{
    static readonly DateTimeOffset noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    public async Task AnEventThatAWrongClockDatedLeavesNoHole(int days)
    {
        await using var rig = new LedgerRig(store: store, now: noon);
        await rig.SaveAsync(LedgerRig.Budget("before", "10"));
        await rig.SpendAsync(1m);
        rig.Clock.Step(TimeSpan.FromDays(days));
        await rig.SaveAsync(LedgerRig.Budget("meanwhile", "10"));
        rig.Clock.Step(TimeSpan.FromDays(-days));
        await rig.SaveAsync(LedgerRig.Budget("after", "10"));

        var file = Path.Combine(rig.Folder, "days.jsonl");
        using (var snapshot = new LedgerSnapshot(rig.Settings.ReadConnectionString))
        await using (var stream = File.Create(file))
        {
            new AuditExport(snapshot, new ExportRange(Since: noon.AddHours(-1), Before: noon.AddHours(1))).Write(stream, rig.Clock.Now);
        }
        using var verification = new ExportVerification(CheckpointBook.Empty);
        using (var stream = File.OpenRead(file))
        {
            var report = verification.Verify(stream);
            Assert.Null(report.Bad);
            Assert.Equal((1, 1), (report.Notes.Count(note => note.StartsWith("time: 1 event is", StringComparison.Ordinal)), report.Entries));
        }
        var told = await File.ReadAllTextAsync(file);
        Assert.All((string[])["before", "meanwhile", "after"], budget => Assert.Contains($"\\\"target_id\\\":\\\"{budget}\\\"", told, StringComparison.Ordinal));
        var (code, text) = await SecondVerifier.CommandAsync(file, "--json");
        Assert.True(code == 0, text);
        Assert.Equal(1, JsonDocument.Parse(text).RootElement.GetProperty("notes").GetArrayLength());
    }
}

public sealed class ExportByDaysTestsOnSqlite() : ExportByDaysTests(Store.Sqlite);

public sealed class ExportByDaysTestsOnPostgres() : ExportByDaysTests(Store.Postgres);
