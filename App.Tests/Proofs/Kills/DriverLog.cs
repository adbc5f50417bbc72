using System.Globalization;
using System.Text;

namespace Governance.Tests.Proofs.Kills;

/// <summary>What a driver wanted and what it was answered, one line each, on file before it goes on: the oracle that outlives a kill.</summary>
sealed class DriverLog(string file) : IDisposable
{
    readonly FileStream stream = new(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Wants(long id, string project, string key, long estimate) => Write($"W {id} {project} {key} {estimate}\n");

    public void Held(long id) => Write($"H {id}\n");

    public void Refused(long id) => Write($"R {id}\n");

    public void Ends(long id, long cost) => Write($"E {id} {cost}\n");

    public void Ended(long id, long cost) => Write($"D {id} {cost}\n");

    public void Dispose() => stream.Dispose();

    void Write(FormattableString line)
    {
        var bytes = Encoding.ASCII.GetBytes(FormattableString.Invariant(line));
        lock (stream)
        {
            stream.Write(bytes);
        }
    }
}

/// <summary>A call as its driver's log has it.</summary>
sealed class DriverCall
{
    public required string Project { get; init; }
    public required string Key { get; init; }
    public required long Estimate { get; init; }
    public bool Held { get; set; }
    public bool Refused { get; set; }
    /// <summary>What it was to be settled at; null before.</summary>
    public long? Wanted { get; set; }
    /// <summary>What settling answered; null where no answer came.</summary>
    public long? Answered { get; set; }
}

/// <summary>Reads on in a driver's log; a line that a kill cut off is dropped.</summary>
sealed class DriverReading(string file)
{
    long position;

    public Dictionary<long, DriverCall> Calls { get; } = [];

    /// <summary>Reservations and settlements that were answered.</summary>
    public int Operations { get; private set; }

    public void Read()
    {
        if (!File.Exists(file))
        {
            return;
        }
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = position;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var whole = text.LastIndexOf('\n') + 1;
        position += whole;
        foreach (var line in text.AsSpan(0, whole).ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var cell = line.Split(' ');
            if (cell[0] == "W")
            {
                Calls.Add(Number(cell[1]), new DriverCall { Project = cell[2], Key = cell[3], Estimate = Number(cell[4]) });
                continue;
            }
            var call = Calls[Number(cell[1])];
            Operations += cell[0] is "H" or "R" or "D" ? 1 : 0;
            call.Held |= cell[0] == "H";
            call.Refused |= cell[0] == "R";
            call.Wanted = cell[0] == "E" ? Number(cell[2]) : call.Wanted;
            call.Answered = cell[0] == "D" ? Number(cell[2]) : call.Answered;
        }
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
