using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Audit;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Governance.Projects;

namespace Governance.Ledger.FailOpen;

/// <summary>A line of the local file: a call that was let through, or what became of it.</summary>
sealed record WindowLine
{
    /// <summary>The call, where the line lets one through.</summary>
    public LedgerCall? Call { get; init; }
    /// <summary>The id of the call that ended, where the line tells of an end.</summary>
    public long Ended { get; init; }
    public CallResult? Result { get; init; }
    /// <summary>What the trail is told besides.</summary>
    public AuditEvent? Told { get; init; }
}

/// <summary>A call of an open window, as far as it is known what became of it.</summary>
sealed record WindowCall(LedgerCall Call, AuditEvent? Told, CallResult? Result, AuditEvent? ResultTold);

/// <summary>What a file says, as far as it can be read.</summary>
sealed record WindowFileReading(IReadOnlyList<WindowCall> Calls, bool Damaged);

/// <summary>An append-only file of one process, one JSON line a fact. Held for itself while it is open, so that another process never takes it for one that was left behind.</summary>
sealed class OpenWindowFile : IDisposable
{
    const string Pattern = "window-*.jsonl";
    readonly FileStream file;

    OpenWindowFile(FileStream file) => this.file = file;

    public string Path => file.Name;

    public static OpenWindowFile Create(string folder)
    {
        OwnerOnly.CreateFolder(folder);
        return new OpenWindowFile(OwnerOnly.Open(System.IO.Path.Combine(folder, $"window-{Guid.NewGuid():N}.jsonl"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
    }

    /// <summary>Writes the line; where it is <paramref name="durable"/>, it is on the disk when this returns.</summary>
    public void Append(WindowLine line, bool durable)
    {
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, WindowJson.Default.WindowLine), (byte)'\n']);
        if (durable)
        {
            file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>The files that processes left behind in the folder; those that a living one holds are not among them.</summary>
    public static IReadOnlyList<string> LeftIn(string folder)
    {
        if (!System.IO.Directory.Exists(folder))
        {
            return [];
        }
        return [.. System.IO.Directory.EnumerateFiles(folder, Pattern).Order(StringComparer.Ordinal).Where(IsFree)];
    }

    /// <summary>The calls in a file, in their order. A last line that is torn was never answered, so nothing was sent for it; any other that cannot be read makes the file damaged.</summary>
    public static WindowFileReading Read(string path)
    {
        var calls = new Dictionary<long, WindowCall>();
        var damaged = false;
        var text = File.ReadAllText(path);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
            {
                continue;
            }
            try
            {
                damaged |= !TryTake(calls, JsonSerializer.Deserialize(lines[i], WindowJson.Default.WindowLine));
            }
            catch (JsonException)
            {
                damaged |= i < lines.Length - 1;
            }
        }
        return new WindowFileReading([.. calls.Values.OrderBy(call => call.Call.Id.Value)], damaged);
    }

    /// <summary>False for a line that no process writes.</summary>
    static bool TryTake(Dictionary<long, WindowCall> calls, WindowLine? line)
    {
        if (line?.Call is { Id.Value: > 0, Estimate.Nanos: >= 0 } call)
        {
            calls[call.Id.Value] = new WindowCall(call, line.Told, null, null);
            return true;
        }
        if (line is not { Call: null, Result: { Cost.Nanos: >= 0 } result } || !Enum.IsDefined(result.Outcome))
        {
            return false;
        }
        if (calls.TryGetValue(line.Ended, out var known))
        {
            calls[line.Ended] = known with { Result = result, ResultTold = line.Told };
        }
        return true;
    }

    static bool IsFree(string path)
    {
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where nobody holds it, whoever reads it says why it cannot be read.
            return exception is not IOException held || !FileHold.IsHeldByAnother(held);
        }
    }
}

/// <summary>The shapes of the file's lines; money and ids as their whole numbers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(WindowLine))]
[JsonSerializable(typeof(LedgerCall))]
[JsonSerializable(typeof(CallResult))]
[JsonSerializable(typeof(AuditEvent))]
[JsonSerializable(typeof(Attribution))]
[JsonSerializable(typeof(Money))]
sealed partial class WindowJson : JsonSerializerContext;
