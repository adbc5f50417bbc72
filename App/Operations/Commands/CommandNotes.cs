using System.Globalization;
using System.Text.Json;
using Governance.Audit;
using Governance.Journal;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary>
/// What commands leave for the trail: a SQLite file has one writer, the process that serves, so a command that runs beside it lays down a note, which that
/// process, or the next one, appends. On PostgreSQL the command writes the trail itself.
/// </summary>
static class CommandNotes
{
    public const string BackedUp = "database.backed_up";
    public const string Exported = "audit.exported";

    /// <summary>What is read at once, and how long a note may be.</summary>
    const int MaxNotes = 100;
    const int MaxBytes = 16 * 1024;
    const int MaxTextLength = 500;

    /// <summary>A note, as it lies in its file.</summary>
    public sealed record Note(string Action, string File, string User, DateTimeOffset At);

    /// <summary>Where notes lie: beside the database.</summary>
    public static string FolderOf(JournalSettings settings) => Path.Combine(settings.Folder, Path.GetFileName(settings.File) + ".notes");

    /// <summary>Tells the trail of a command that was done. Where that cannot be, the person at the console is told instead: what was done is not undone by it.</summary>
    public static async Task TellAsync(JournalSettings settings, string action, string file)
    {
        var note = new Note(action, file, CommandUser.Name, DateTimeOffset.UtcNow);
        try
        {
            if (settings.IsShared)
            {
                await AppendAsync(settings, Event(note));
                return;
            }
            var folder = FolderOf(settings);
            OwnerOnly.CreateFolder(folder);
            var name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{note.At.UtcTicks}-{Guid.NewGuid():N}"));
            OwnerOnly.WriteAllText(name + ".part", JsonSerializer.Serialize(note));
            File.Move(name + ".part", name + ".json");
        }
        catch (Exception exception) when (StartUp.IsFault(exception) || StoreFailure.UnsavedBecause(exception) is not null)
        {
            await Console.Error.WriteLineAsync($"The audit trail does not tell of this command: {StartUp.Sentence(exception)}");
        }
    }

    /// <summary>The oldest notes with their files. What is no note is put aside under another name, so that it keeps back no other.</summary>
    public static IReadOnlyList<(string File, AuditEvent Event)> Read(JournalSettings settings)
    {
        if (!Directory.Exists(FolderOf(settings)))
        {
            return [];
        }
        var notes = new List<(string, AuditEvent)>();
        foreach (var file in Directory.EnumerateFiles(FolderOf(settings), "*.json").Order(StringComparer.Ordinal).Take(MaxNotes))
        {
            // Taken first: what cannot be taken away could not be taken away after it was told either, and would be told again and again.
            var taken = file + ".taken";
            if (TryMove(file, taken))
            {
                if (TryRead(taken) is { } note)
                {
                    notes.Add((taken, Event(note)));
                }
                else
                {
                    TryMove(taken, file + ".unreadable");
                }
            }
        }
        return notes;
    }

    /// <summary>Puts a note back that could not be told.</summary>
    public static void PutBack(string taken) => TryMove(taken, taken[..^".taken".Length]);

    static Note? TryRead(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxBytes && JsonSerializer.Deserialize<Note>(File.ReadAllText(file)) is { Action: BackedUp or Exported, File: not null, User: not null } note ? note : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static bool TryMove(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone, taken by another instance, or not ours: the others are read all the same.
            return false;
        }
    }

    static AuditEvent Event(Note note)
    {
        var (file, user) = (Short(note.File), Short(note.User));
        return new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = note.Action,
            Actor = new Actor(ActorKind.System, "command-line"),
            TargetKind = note.Action == BackedUp ? "database" : "audit",
            TargetId = file,
            Sentence = note.Action == BackedUp ? $"The database was copied to {file} by a command of {user}." : $"The trail was exported to {file} by a command of {user}.",
            Details = AuditJson.Element(new { file, user, at = note.At.UtcDateTime }),
        };
    }

    static string Short(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";

    static async Task AppendAsync(JournalSettings settings, AuditEvent auditEvent)
    {
        var time = new LedgerTime(settings.IsShared);
        await using var journal = new JournalWriter(settings, time, new Feed(time), Microsoft.Extensions.Logging.Abstractions.NullLogger<JournalWriter>.Instance);
        journal.Start([]);
        await journal.AppendAsync(auditEvent);
    }
}

/// <summary>Appends the notes of commands while the process serves.</summary>
sealed partial class CommandNotesReader(JournalSettings settings, JournalWriter journal, TimeProvider time, ILogger<CommandNotesReader> logger) : BackgroundService
{
    static readonly TimeSpan every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        do
        {
            try
            {
                await AppendAsync();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogUnwritten(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    async Task AppendAsync()
    {
        var notes = CommandNotes.Read(settings);
        if (notes.Count == 0)
        {
            return;
        }
        try
        {
            await journal.AppendAsync([.. notes.Select(note => note.Event)]);
        }
        catch (Exception)
        {
            notes.ToList().ForEach(note => CommandNotes.PutBack(note.File));
            throw;
        }
        foreach (var (file, _) in notes)
        {
            File.Delete(file);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The trail could not be told of commands that were run; it is tried again")]
    static partial void LogUnwritten(ILogger logger, Exception exception);
}
