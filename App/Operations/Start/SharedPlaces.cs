using System.Security.Cryptography;
using Governance.Audit.Checkpoints;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.FailOpen;
using Microsoft.Extensions.Options;

namespace Governance.Operations.Start;

/// <summary>
/// Makes sure that instances of one database mean the same folders and the same key of checkpoints: each finds, or leaves, a small file where its settings
/// point, and the trail remembers what stands in it. One that finds another file than those that run looks at another place, and does not start: it would
/// give each project a second allowance without the ledger, and would sign its part of the trail where nobody looks. One that cannot write there does not
/// start either: nothing could be compared, by it or by those that come after it.
/// </summary>
sealed partial class SharedPlaces(JournalSettings store, CheckpointSettings checkpoints, IOptions<OpenWindowSettings> window, JournalWriter journal, TimeProvider time, ILogger<SharedPlaces> logger)
{
    public const string JournalSetting = "Governance:Journal:Folder";
    public const string CheckpointSetting = "Governance:Audit:Checkpoints:Folder";
    public const string KeySetting = "Governance:Audit:Checkpoints:KeyFile";
    public const string WindowSetting = "Governance:FailOpen:Folder";
    public const string MarkFile = "governance.shared";

    /// <summary>Answers why this instance must not serve, a sentence for each place; nothing where all is well, or where no other instance runs.</summary>
    public async Task<IReadOnlyList<string>> FindFaultsAsync()
    {
        if (!store.IsShared)
        {
            return [];
        }
        if (Unwritable() is { Count: > 0 } unwritable)
        {
            return unwritable;
        }
        var found = Find();
        var first = await AskAsync(found, replace: false);
        if (first.Contradicted.Count == 0)
        {
            return [];
        }
        // Who is entered as living may have lost its power a moment ago: only who gives a sign is there.
        var patience = store.InstanceLease + (store.InstanceLease / Instances.SignsPerLease);
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < patience;)
        {
            await Task.Delay(store.InstanceLease / (2 * Instances.SignsPerLease), time);
            var now = await AskAsync(found, replace: false);
            if (now.Contradicted.Count == 0 || now.Others.Count == 0)
            {
                first = now;
                break;
            }
            if (now.Others.Except(first.Others).Any())
            {
                return [.. now.Contradicted.Select(pair => pair.Mine.Against(pair.Theirs))];
            }
        }
        foreach (var (mine, theirs) in first.Contradicted)
        {
            LogMoved(logger, mine.Setting, mine.Path, theirs.Path, theirs.Host);
        }
        await AskAsync(found, replace: true);
        return [];
    }

    async Task<SharedPlacesWork.Answer> AskAsync(IReadOnlyList<SharedPlace> found, bool replace)
    {
        var work = new SharedPlacesWork(found, replace);
        journal.Submit(work);
        return await work.Committed;
    }

    /// <summary>Why a place cannot be used, a sentence for each setting. Of places within one that cannot be used only that one is told.</summary>
    List<string> Unwritable()
    {
        var (told, faults) = (new List<string>(), new List<string>());
        foreach (var (setting, folder) in ((string, string)[])[(JournalSetting, store.Folder), (CheckpointSetting, checkpoints.Folder), (KeySetting, Path.GetDirectoryName(checkpoints.KeyFile)!), (WindowSetting, window.Value.PathFor(store))])
        {
            // A key that is there is only read.
            if ((setting == KeySetting && KeyId(checkpoints.KeyFile) is not null) || told.Exists(above => folder.StartsWith(above + Path.DirectorySeparatorChar, StringComparison.Ordinal)) || WhyUnwritable(folder) is not { } why)
            {
                continue;
            }
            told.Add(folder);
            faults.Add($"{setting}: {folder} cannot be written ({why.TrimEnd('.')}). Every instance of this database needs this place: make it a folder that belongs to the user of the process, and where systemd starts it name it in ReadWritePaths.");
        }
        return faults;
    }

    /// <summary>Null where a file can be made there.</summary>
    static string? WhyUnwritable(string folder)
    {
        try
        {
            OwnerOnly.CreateFolder(folder);
            var file = Path.Combine(folder, $"{MarkFile}.{RandomNumberGenerator.GetHexString(32, lowercase: true)}");
            OwnerOnly.WriteAllText(file, "");
            File.Delete(file);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    List<SharedPlace> Find() =>
    [
        Place(JournalSetting, store.Folder, store.Folder),
        Place(CheckpointSetting, checkpoints.Folder, checkpoints.Folder),
        Place(KeySetting, checkpoints.KeyFile, Path.GetDirectoryName(checkpoints.KeyFile)!) with { Key = KeyId(checkpoints.KeyFile) },
        Place(WindowSetting, window.Value.PathFor(store), window.Value.PathFor(store)),
    ];

    static SharedPlace Place(string setting, string path, string folder) => new(setting, path, Environment.MachineName, MarkOf(folder));

    /// <summary>What the file in the folder says. Of two that make it at once one makes it, and both read that.</summary>
    static string? MarkOf(string folder)
    {
        var file = Path.Combine(folder, MarkFile);
        try
        {
            if (!File.Exists(file))
            {
                OwnerOnly.CreateFolder(folder);
                var mark = RandomNumberGenerator.GetHexString(32, lowercase: true);
                var next = $"{file}.{mark}";
                OwnerOnly.WriteAllText(next, mark + "\n");
                try
                {
                    File.Move(next, file);
                }
                catch (IOException) when (File.Exists(file))
                {
                    File.Delete(next);
                }
            }
            return File.ReadAllText(file).Trim() is { Length: 32 } read ? read : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string? KeyId(string file)
    {
        try
        {
            using var key = CheckpointKey.Load(file);
            return key?.Id;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Told by whoever signs with it.
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Setting}: {Path} is another place than the instances before used ({Before} on {Host}). No other instance runs, so it is taken for the new one; what lies in the old one is not read any more")]
    static partial void LogMoved(ILogger logger, string setting, string path, string before, string host);
}
