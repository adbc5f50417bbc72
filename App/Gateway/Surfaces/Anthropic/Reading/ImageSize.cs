using System.Buffers.Binary;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Width and height as the header of a PNG, JPEG, GIF or WebP says them, whatever the media type claims.</summary>
[Pure]
static class ImageSize
{
    static ReadOnlySpan<byte> PngMark => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    static ReadOnlySpan<byte> JpegMark => [0xFF, 0xD8, 0xFF];

    /// <summary>False where the size is not known. Where a header gives it more than once, the largest.</summary>
    /// <param name="whole">False for the beginning of a file: then a header that goes on beyond it is not known.</param>
    public static bool TryRead(ReadOnlySpan<byte> file, bool whole, out long width, out long height)
    {
        var size = file.StartsWith(PngMark) ? Png(file, whole)
            : file.StartsWith(JpegMark) ? Jpeg(file, whole)
            : file.StartsWith("GIF8"u8) ? Gif(file, whole)
            : file.StartsWith("RIFF"u8) ? WebP(file)
            : default;
        (width, height) = (Math.Min(size.Width, int.MaxValue), Math.Min(size.Height, int.MaxValue));
        return width > 0 && height > 0;
    }

    static (long Width, long Height) Png(ReadOnlySpan<byte> file, bool whole)
    {
        var (width, height) = (0L, 0L);
        // Up to the pixels: some decoders take the last header before them.
        for (long at = PngMark.Length; at + 16 <= file.Length;)
        {
            var chunk = file[(int)at..];
            if (chunk[4..].StartsWith("IDAT"u8))
                return (width, height);
            if (chunk[4..].StartsWith("IHDR"u8))
                (width, height) = (Math.Max(width, BinaryPrimitives.ReadUInt32BigEndian(chunk[8..])), Math.Max(height, BinaryPrimitives.ReadUInt32BigEndian(chunk[12..])));
            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }
        return whole ? (width, height) : default;
    }

    static (long Width, long Height) Jpeg(ReadOnlySpan<byte> file, bool whole)
    {
        var (width, height) = (0L, 0L);
        for (var at = 2; at + 9 <= file.Length;)
        {
            if (file[at] != 0xFF || file[at + 1] is 0xFF or 0x00)
            {
                at++;
                continue;
            }
            var marker = file[at + 1];
            if (marker is 0xD9 or 0xDA)
                return (width, height);
            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += 2;
                continue;
            }
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                height = Math.Max(height, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
                width = Math.Max(width, BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]));
            }
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return whole ? (width, height) : default;
    }

    /// <summary>The canvas, or as much more as the first frame takes; a provider reads no other.</summary>
    static (long Width, long Height) Gif(ReadOnlySpan<byte> file, bool whole)
    {
        if (file.Length < 13)
            return default;
        (long Width, long Height) canvas = (BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
        var at = 13 + ((file[10] & 0x80) == 0 ? 0 : 3 << ((file[10] & 7) + 1));
        while (at + 10 <= file.Length)
        {
            if (file[at] == 0x2C)
            {
                var frame = file[at..];
                return (Math.Max(canvas.Width, (long)BinaryPrimitives.ReadUInt16LittleEndian(frame[1..]) + BinaryPrimitives.ReadUInt16LittleEndian(frame[5..])),
                    Math.Max(canvas.Height, (long)BinaryPrimitives.ReadUInt16LittleEndian(frame[3..]) + BinaryPrimitives.ReadUInt16LittleEndian(frame[7..])));
            }
            if (file[at] != 0x21)
                return canvas;
            for (at += 2; at < file.Length && file[at] != 0; at += file[at] + 1)
            {
            }
            at++;
        }
        return whole ? canvas : default;
    }

    static (long Width, long Height) WebP(ReadOnlySpan<byte> file)
    {
        if (file.Length < 30 || !file[8..].StartsWith("WEBP"u8))
            return default;
        var kind = file[12..];
        if (kind.StartsWith("VP8X"u8))
            return (1 + (BinaryPrimitives.ReadUInt32LittleEndian(file[24..]) & 0xFFFFFF), 1 + (BinaryPrimitives.ReadUInt32LittleEndian(file[26..]) >> 8));
        if (kind.StartsWith("VP8L"u8) && file[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(file[21..]);
            return ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }
        return kind.StartsWith("VP8 "u8) && file[23..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? (BinaryPrimitives.ReadUInt16LittleEndian(file[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(file[28..]) & 0x3FFF)
            : default;
    }
}
