using System.Buffers.Text;
using System.Text;

namespace Governance.Bench.Wire;

/// <summary>Reads one HTTP/1.1 message after another from received bytes, with a length or chunked; used by both ends, and allocates nothing once warm.</summary>
sealed class HttpMessageReader
{
    const int LargestMessage = 8 * 1024 * 1024;

    byte[] buffer = new byte[32 * 1024];
    int filled;
    int position;
    bool headRead;
    bool chunked;
    long length;

    /// <summary>Where the next bytes are to be received.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (filled == buffer.Length)
            {
                if (buffer.Length >= LargestMessage)
                {
                    throw new BenchException("A message is larger than 8 MB.");
                }
                Array.Resize(ref buffer, buffer.Length * 2);
            }
            return buffer.AsMemory(filled);
        }
    }

    /// <summary>The message so far, head and framing included.</summary>
    public ReadOnlySpan<byte> Message => buffer.AsSpan(0, position);

    /// <summary>Bytes of the body without its framing.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>The status of a response; 0 where the message is not one.</summary>
    public int Status => Message.StartsWith("HTTP/1.1 "u8) && Utf8Parser.TryParse(Message[9..12], out int status, out _) ? status : 0;

    /// <summary>Takes note of received bytes; true once the message is complete.</summary>
    public bool Advance(int received)
    {
        filled += received;
        if (!headRead && !ReadHead())
        {
            return false;
        }
        if (chunked)
        {
            return ReadChunks();
        }
        if (filled - position < length)
        {
            return false;
        }
        position += (int)length;
        BodyBytes = length;
        return true;
    }

    /// <summary>Forgets the complete message; what came after it stays.</summary>
    public void Next()
    {
        buffer.AsSpan(position, filled - position).CopyTo(buffer);
        filled -= position;
        position = 0;
        headRead = false;
        chunked = false;
        length = 0;
        BodyBytes = 0;
    }

    bool ReadHead()
    {
        var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }
        var lines = buffer.AsSpan(0, end);
        while (!lines.IsEmpty)
        {
            var lineEnd = lines.IndexOf("\r\n"u8);
            var line = lineEnd < 0 ? lines : lines[..lineEnd];
            lines = lineEnd < 0 ? [] : lines[(lineEnd + 2)..];
            ReadHeader(line);
        }
        position = end + 4;
        headRead = true;
        return true;
    }

    void ReadHeader(ReadOnlySpan<byte> line)
    {
        const int LengthName = 15;
        if (line.Length > LengthName && (line[0] | 0x20) == 'c' && Ascii.EqualsIgnoreCase(line[..LengthName], "content-length:"u8))
        {
            if (!Utf8Parser.TryParse(line[LengthName..].TrimStart((byte)' '), out length, out _) || length < 0)
            {
                throw new BenchException("A content-length is not a number.");
            }
        }
        else if (line.Length > 18 && (line[0] | 0x20) == 't' && Ascii.EqualsIgnoreCase(line[..18], "transfer-encoding:"u8))
        {
            chunked = line.EndsWith("chunked"u8);
        }
    }

    bool ReadChunks()
    {
        while (true)
        {
            var rest = buffer.AsSpan(position, filled - position);
            var lineEnd = rest.IndexOf("\r\n"u8);
            if (lineEnd < 0)
            {
                return false;
            }
            if (!Utf8Parser.TryParse(rest[..lineEnd], out int size, out _, 'X') || size < 0)
            {
                throw new BenchException("A chunk's size is not a number.");
            }
            // Neither end of this bench sends trailers, so the last chunk is "0 CRLF CRLF".
            var whole = lineEnd + 2 + size + 2;
            if (rest.Length < whole)
            {
                return false;
            }
            position += whole;
            BodyBytes += size;
            if (size == 0)
            {
                return true;
            }
        }
    }
}
