using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Operations.Commands;
using Governance.Tests.Proofs;

namespace Governance.Tests.Operations.Commands;

/// <summary>What commands leave for the trail.</summary>
public sealed class CommandNotesTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-notes-");

    [Fact]
    public async Task ANoteIsReadAndWhatIsNoneKeepsBackNoOther()
    {
        var settings = new JournalSettings($"Data Source={Path.Combine(folder.FullName, "governance.db")}");
        Assert.Empty(CommandNotes.Read(settings));
        await CommandNotes.TellAsync(settings, CommandNotes.BackedUp, "/backups/monday.db");
        await CommandNotes.TellAsync(settings, CommandNotes.Exported, new string('x', 5_000));
        foreach (var (name, text) in ((string, string)[])[("0-torn", "{\"Action\":"), ("0-foreign", "{\"Action\":\"member.removed\",\"File\":\"x\",\"User\":\"x\"}"), ("0-long", new string(' ', 20_000)), ("0-null", "null")])
        {
            await File.WriteAllTextAsync(Path.Combine(CommandNotes.FolderOf(settings), name + ".json"), text);
        }

        var read = CommandNotes.Read(settings);
        Assert.Equal([CommandNotes.BackedUp, CommandNotes.Exported], read.Select(note => note.Event.Action));
        Assert.Equal($"The database was copied to /backups/monday.db by a command of {CommandUser.Name}.", read[0].Event.Sentence);
        Assert.InRange(read[1].Event.TargetId.Length, 1, 600);
        Assert.Equal(4, Directory.GetFiles(CommandNotes.FolderOf(settings), "*.unreadable").Length);
        // They are taken; what could not be told is put back.
        Assert.Empty(CommandNotes.Read(settings));
        CommandNotes.PutBack(read[0].File);
        Assert.Equal(CommandNotes.BackedUp, Assert.Single(CommandNotes.Read(settings)).Event.Action);
    }

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task AnExportOfTheTrailIsToldByTheNextStart()
    {
        string data = folder.FullName;
        await using (var first = await AppProcess.StartAsync(new AppStart { DataFolder = data }))
        {
            Assert.Equal(0, await first.StopAsync());
        }
        var export = Path.Combine(data, "trail.jsonl");
        var (code, output) = await AppCommand.RunAsync(data, "audit", "export", export);
        Assert.True(code == 0, output);
        await using var second = await AppProcess.StartAsync(new AppStart { DataFolder = data });
        var told = await Eventually.ReadAsync(() => Row.Read(second.DatabasePath, "SELECT sentence FROM audit WHERE action = 'audit.exported'"), rows => rows.Count > 0);
        Assert.Contains(export, Assert.Single(told).Text("sentence"), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
