namespace Governance.Audit.Exports;

/// <summary>Lines of bytes from a stream, in one buffer that grows to the longest line.</summary>
sealed class LineReader(Stream stream)
{
    const int LongestLine = 256 * 1024 * 1024;

    byte[] buffer = new byte[256 * 1024];
    int start;
    int end;

    /// <summary>The number of the current line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>True where the current line has its end; only the last one of a cut file has not.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Moves to the next line, without its end; it is valid until the next call. False behind the last.</summary>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        var searched = start;
        while (true)
        {
            var found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsSpan(start, searched + found - start);
                start = searched + found + 1;
                Number++;
                return IsWhole = true;
            }
            searched = Fill(end);
            if (searched < 0)
            {
                break;
            }
        }
        IsWhole = false;
        line = buffer.AsSpan(start, end - start);
        start = end;
        if (line.IsEmpty)
        {
            return false;
        }
        Number++;
        return true;
    }

    /// <summary>Reads more; answers where what was searched up to <paramref name="searched"/> now ends, or −1 at the end of the stream.</summary>
    int Fill(int searched)
    {
        if (end == buffer.Length && start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (searched, end, start) = (searched - start, end - start, 0);
        }
        if (end == buffer.Length)
        {
            if (buffer.Length >= LongestLine)
            {
                throw new InvalidDataException("A line is longer than 256 MB.");
            }
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read == 0 ? -1 : searched;
    }
}
