using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Metering;

/// <summary>Looks at the bytes of an SSE answer as they pass and keeps what says something of its cost. Chunks may be cut anywhere; nothing is copied but lines; never throws.</summary>
[Pure]
sealed class StreamMeter
{
    /// <summary>Anthropic takes and gives at most 32 MB; a line beyond is no event.</summary>
    public const int BytesMax = 32 * 1024 * 1024;

    readonly int bytesMax;
    MessageState state;
    byte[] line = [];
    int lineLength;
    byte[] data = [];
    int dataLength;
    bool afterReturn;
    bool afterFirstLine;
    bool oversized;

    /// <param name="bytesMax">Longest line that is kept.</param>
    /// <param name="longest">The longest cache write that the request asked for.</param>
    public StreamMeter(int bytesMax = BytesMax, CacheWrite longest = CacheWrite.None)
    {
        this.bytesMax = bytesMax;
        state = new MessageState(longest);
    }

    /// <summary>The next bytes of the answer, in order.</summary>
    public void Write(ReadOnlySpan<byte> chunk)
    {
        if (oversized)
        {
            return;
        }
        // A line feed after a carriage return ends the same line, though a chunk may end between them.
        if (afterReturn && chunk.Length > 0)
        {
            afterReturn = false;
            if (chunk[0] == '\n')
            {
                chunk = chunk[1..];
            }
        }
        while (chunk.IndexOfAny((byte)'\r', (byte)'\n') is var end and >= 0)
        {
            EndLine(chunk[..end]);
            var step = chunk[end] == '\r' && end + 1 < chunk.Length && chunk[end + 1] == '\n' ? 2 : 1;
            afterReturn = chunk[end] == '\r' && end + 1 == chunk.Length;
            chunk = chunk[(end + step)..];
            if (oversized)
            {
                return;
            }
        }
        Append(ref line, ref lineLength, chunk);
    }

    /// <summary>What is known so far; an event whose blank line is still to come counts if it is whole. May be called at any time and changes nothing.</summary>
    public MeterReading Read()
    {
        var known = state;
        if (!oversized && (dataLength > 0 || lineLength > 0))
        {
            var pending = data.AsSpan(0, dataLength).ToArray().AsSpan();
            if (IsData(Beginning(line.AsSpan(0, lineLength)), out var value))
            {
                byte[] both = [.. pending, (byte)'\n', .. value];
                // A line that was cut must not take the lines before it along.
                if (known.Apply(both, whole: false))
                {
                    return known.ToReading(complete: false, oversized);
                }
            }
            known.Apply(pending, whole: false);
        }
        return known.ToReading(complete: false, oversized);
    }

    void EndLine(ReadOnlySpan<byte> rest)
    {
        if (lineLength > 0)
        {
            Append(ref line, ref lineLength, rest);
            rest = line.AsSpan(0, lineLength);
        }
        lineLength = 0;
        rest = Beginning(rest);
        afterFirstLine = true;
        if (oversized)
        {
            return;
        }
        if (rest.IsEmpty)
        {
            EndEvent();
        }
        else if (IsData(rest, out var value))
        {
            if (dataLength > 0)
            {
                Append(ref data, ref dataLength, "\n"u8);
            }
            Append(ref data, ref dataLength, value);
        }
    }

    void EndEvent()
    {
        if (dataLength > 0)
        {
            state.Apply(data.AsSpan(0, dataLength), whole: false);
            dataLength = 0;
        }
    }

    /// <summary>The first line may begin with a byte order mark.</summary>
    ReadOnlySpan<byte> Beginning(ReadOnlySpan<byte> text) => !afterFirstLine && text.StartsWith("\uFEFF"u8) ? text[3..] : text;

    /// <summary>Only data says something of cost: the event's name is in it as well, and comments, ids and retries are for clients.</summary>
    static bool IsData(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!text.StartsWith("data"u8) || (text.Length > 4 && text[4] != ':'))
        {
            return false;
        }
        value = text.Length > 5 ? text[(text[5] == ' ' ? 6 : 5)..] : default;
        return true;
    }

    void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        if (length + (long)bytes.Length > bytesMax)
        {
            oversized = true;
            (line, data, lineLength, dataLength) = ([], [], 0, 0);
            return;
        }
        if (buffer.Length < length + bytes.Length)
        {
            Array.Resize(ref buffer, Math.Max(Math.Max(1_024, length + bytes.Length), Math.Min(bytesMax, buffer.Length * 2)));
        }
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }
}
