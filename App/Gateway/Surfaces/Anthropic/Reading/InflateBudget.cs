using System.Buffers;
using System.IO.Compression;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>How much one request may have inflated: a small body must not become gigabytes of work.</summary>
struct InflateBudget()
{
    public const int MaxBytes = 32 * 1024 * 1024;
    const int MaxStreams = 16_384;
    const int FirstBytes = 64 * 1024;

    int bytesLeft = MaxBytes;
    int streamsLeft = MaxStreams;

    /// <summary>Inflates a zlib stream into a rented array, which the caller gives back.</summary>
    /// <returns>False where it is broken or more than is left; what came out before is there all the same.</returns>
    public bool TryInflate(byte[] file, int start, int length, out byte[] inflated, out int count)
    {
        (inflated, count) = ([], 0);
        if (streamsLeft == 0)
            return false;
        streamsLeft--;
        inflated = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBytes, bytesLeft + 1));
        using var zlib = new ZLibStream(new MemoryStream(file, start, length, writable: false), CompressionMode.Decompress);
        try
        {
            while (zlib.Read(inflated, count, inflated.Length - count) is > 0 and var read)
            {
                count += read;
                bytesLeft -= read;
                if (bytesLeft < 0)
                {
                    bytesLeft = 0;
                    return false;
                }
                if (count == inflated.Length)
                    Grow(ref inflated, count);
            }
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    static void Grow(ref byte[] array, int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(count * 2);
        array.AsSpan(0, count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
