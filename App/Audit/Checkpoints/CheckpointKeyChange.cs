using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Governance.Journal;
using Microsoft.EntityFrameworkCore;

namespace Governance.Audit.Checkpoints;

/// <summary>Begins another key for checkpoints where the old one is lost, damaged or known to others. What the old one signed stays provable: its public half is kept beside the checkpoints.</summary>
sealed class CheckpointKeyChange(CheckpointSettings settings, JournalWriter journal, Reads reads, CheckpointWriter writer, TimeProvider time)
{
    public const string Action = "audit.key_taken";

    /// <summary>What a change of the key came to.</summary>
    /// <param name="Earlier">The key that signed before; null where nothing was signed yet.</param>
    /// <param name="IsEarlierKnown">False where nobody can prove any more what the earlier one signed, because its public half is nowhere.</param>
    /// <param name="Aside">Where the old private key was put; null where there was none.</param>
    /// <param name="Problem">Why nothing was signed with the new key yet; null where something was.</param>
    public sealed record Result(string Key, string? Earlier, bool IsEarlierKnown, string? Aside, string? Problem);

    /// <summary>What the trail says of each key, once, by the command that changed it or by the first start with it.</summary>
    /// <param name="user">Who asked for it on the machine; null where a start found no key.</param>
    public static AuditEvent Event(CheckpointKey taken, string? earlier, Actor actor, string? user)
    {
        var how = user is null ? "" : $", by a command of {user}";
        return new AuditEvent
        {
            Chain = AuditEvent.SystemChain,
            Category = AuditCategory.System,
            Action = Action,
            Actor = actor,
            TargetKind = "audit",
            TargetId = taken.Id,
            Sentence = earlier is null
                ? $"Checkpoints of the trail are signed with key {taken.Id}{how}."
                : $"Checkpoints of the trail are signed with another key, {taken.Id}{how}; the ones before were signed with {earlier}.",
            Details = user is null ? AuditJson.Element(new { public_key = taken.PublicPem, earlier }) : AuditJson.Element(new { public_key = taken.PublicPem, earlier, user }),
        };
    }

    /// <summary>Takes the new key into use. The journal must have started, and the writer must not have written yet.</summary>
    public async Task<Result> RunAsync(Actor actor, string user)
    {
        var folder = new CheckpointFolder(settings.Folder);
        // Throws before anything is changed where the folder's last line cannot be read: what is signed next must follow it.
        var last = folder.Last();
        using var old = TryLoad();
        if (old is not null)
        {
            folder.Publish(old);
        }
        var earlier = last?.Checkpoint.Key ?? old?.Id;
        var isKnown = earlier is null || File.Exists(Path.Combine(folder.Path, earlier + ".pem")) || Recover(earlier, folder);
        var aside = MoveAside();
        using var taken = CheckpointKey.Create(settings.KeyFile);
        await journal.AppendAsync(Event(taken, earlier, actor, user));
        var written = await writer.WriteAsync("new_key");
        return new Result(taken.Id, earlier, isKnown, aside, written?.Checkpoint.Key == taken.Id ? null : writer.Status.Failure ?? "Another instance writes the checkpoints.");
    }

    /// <summary>Null where there is none, or one that is of no use.</summary>
    CheckpointKey? TryLoad()
    {
        try
        {
            return CheckpointKey.Load(settings.KeyFile);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Puts a public key beside the checkpoints again that only the trail knows. False where it does not.</summary>
    bool Recover(string id, CheckpointFolder folder)
    {
        using var db = reads.Open();
        var body = db.Audit.AsNoTracking().Where(row => row.Chain == AuditEvent.SystemChain && row.Action == Action && row.TargetId == id).Select(row => row.Body).FirstOrDefault();
        if (body is null)
        {
            return false;
        }
        using var told = JsonDocument.Parse(body);
        var pem = told.RootElement.GetProperty("details").GetProperty("public_key").GetString() ?? "";
        if (!CheckpointKey.ReadPublic(pem).ContainsKey(id))
        {
            return false;
        }
        OwnerOnly.CreateFolder(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, id + ".pem"), pem);
        return true;
    }

    string? MoveAside()
    {
        if (!File.Exists(settings.KeyFile))
        {
            return null;
        }
        var aside = settings.KeyFile + time.GetUtcNow().UtcDateTime.ToString("'.before-'yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        File.Move(settings.KeyFile, aside);
        return aside;
    }
}
