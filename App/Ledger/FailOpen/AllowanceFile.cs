using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Journal;

namespace Governance.Ledger.FailOpen;

/// <summary>A line of the file of a day: what a call took of its project's allowance.</summary>
sealed record AllowanceLine(string Project, long Nanos, long Call);

/// <summary>
/// What projects have taken of their allowances for times without the ledger, one append-only file for each UTC day beside the calls themselves. It stays
/// when the calls have been written into the ledger, so that neither a second outage nor a new start gives a project a second allowance for the same day.
/// Processes that share the folder share the allowance: the file is held alone for as long as it is read and written.
/// </summary>
sealed class AllowanceFile(string folder)
{
    /// <summary>Files of days that nobody asks for any more are removed after so many.</summary>
    const int KeptDays = 7;
    const int MaxTries = 25;
    static readonly TimeSpan untilNextTry = TimeSpan.FromMilliseconds(20);

    readonly Dictionary<string, Money> taken = new(StringComparer.Ordinal);
    DateOnly day;
    long readUntil;

    /// <summary>Takes the amount, durably, where the day's allowance covers it. Answers what had been taken before, and whether it was taken. Throws <see cref="IOException"/> where the file cannot be written: then nothing was.</summary>
    public async ValueTask<(bool Taken, Money Before)> TryTakeAsync(LedgerCall call, Money allowance)
    {
        var today = DateOnly.FromDateTime(call.Id.At.UtcDateTime);
        using var file = await OpenAsync(today);
        Read(file);
        var before = taken.GetValueOrDefault(call.For.Project);
        if (call.Estimate > allowance - before)
        {
            return (false, before);
        }
        Append(file, new AllowanceLine(call.For.Project, call.Estimate.Nanos, call.Id.Value));
        return (true, before);
    }

    async ValueTask<FileStream> OpenAsync(DateOnly today)
    {
        var path = Path.Combine(folder, today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".jsonl");
        OwnerOnly.CreateFolder(folder);
        if (today != day)
        {
            taken.Clear();
            (day, readUntil) = (today, 0);
            RemoveOld(today);
        }
        for (var tries = 1; ; tries++)
        {
            try
            {
                return OwnerOnly.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (tries < MaxTries)
            {
                // Another process is at it.
                await Task.Delay(untilNextTry);
            }
        }
    }

    /// <summary>Reads what was added since, by this process or another.</summary>
    void Read(FileStream file)
    {
        if (file.Length < readUntil)
        {
            // Somebody put another file in its place.
            taken.Clear();
            readUntil = 0;
        }
        var added = new byte[file.Length - readUntil];
        file.Position = readUntil;
        file.ReadExactly(added);
        foreach (var range in added.AsSpan().Split((byte)'\n'))
        {
            if (added.AsSpan(range) is { IsEmpty: false } text && Parse(text) is { Project: not null, Nanos: >= 0 } line)
            {
                taken[line.Project] = taken.GetValueOrDefault(line.Project) + new Money(line.Nanos);
            }
        }
        readUntil = file.Length;
    }

    /// <summary>A line that is torn was never answered, so nothing was sent for it: the next one begins anew behind it.</summary>
    void Append(FileStream file, AllowanceLine line)
    {
        file.Position = file.Length;
        file.Write([(byte)'\n', .. JsonSerializer.SerializeToUtf8Bytes(line, AllowanceJson.Default.AllowanceLine), (byte)'\n']);
        file.Flush(flushToDisk: true);
        taken[line.Project] = taken.GetValueOrDefault(line.Project) + new Money(line.Nanos);
        readUntil = file.Length;
    }

    static AllowanceLine? Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, AllowanceJson.Default.AllowanceLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    void RemoveOld(DateOnly today)
    {
        foreach (var path in System.IO.Directory.EnumerateFiles(folder, "*.jsonl"))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var old) && old < today.AddDays(-KeptDays))
            {
                try
                {
                    File.Delete(path);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // It takes up room and says nothing of today.
                }
            }
        }
    }
}

/// <summary>The shape of the file's lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AllowanceLine))]
sealed partial class AllowanceJson : JsonSerializerContext;
