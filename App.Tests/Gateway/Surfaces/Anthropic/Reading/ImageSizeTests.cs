using System.Buffers.Binary;
using System.Text;
using Governance.Decisions;
using Governance.Gateway.Reading;
using Governance.Gateway.Surfaces.Anthropic.Reading;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Images are measured by their width and height, whatever their bytes and their media type say.</summary>
public sealed class ImageSizeTests
{
    public static TheoryData<string, byte[]> Images => new()
    {
        { "png", Png(280, 140) },
        { "png with its pixels far behind", Png(280, 140, before: 200_000) },
        { "jpeg", Jpeg(280, 140, marker: 0xC0) },
        { "progressive jpeg behind a thumbnail", Jpeg(280, 140, marker: 0xC2, before: 60_000, times: 4) },
        { "gif", Gif(280, 140, 280, 140) },
        { "gif whose frame is larger than its canvas", Gif(1, 1, 280, 140) },
        { "webp", WebP("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 280 & 0xFF, 280 >> 8, 140, 0]) },
        { "lossless webp", WebP("VP8L", [0x2F, .. Bits(279 | (139 << 14)), 0, 0, 0, 0, 0]) },
        { "extended webp", WebP("VP8X", [0, 0, 0, 0, 279 & 0xFF, 279 >> 8, 0, 139, 0, 0]) },
    };

    [Theory]
    [MemberData(nameof(Images))]
    public void TheHeaderOfEveryFormatIsRead(string format, byte[] file)
    {
        Assert.True(ImageSize.TryRead(file, whole: true, out var width, out var height), format);
        Assert.Equal((280, 140), (width, height));
        var facts = Bodies.Facts(Bodies.Content($$$"""[{"type":"tool_result","content":[{"type":"image","source":{"type":"base64","media_type":"image/whatever","data":"{{{Convert.ToBase64String(file)}}}"}}]}]"""));
        Assert.Equal((1, 1, 50L), (facts.Images, facts.MeasuredImages, facts.ExpectedImageTokens));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(28, 28, 1)]
    [InlineData(29, 28, 2)]
    [InlineData(1_000, 1_000, 36 * 36)]
    [InlineData(20_000, 20_000, 4_784)]
    public void AnImageIsAsManyTokensAsItHasPatchesUpToTheLargest(int width, int height, long tokens)
    {
        Assert.Equal(tokens, FileTokens.ExpectedOfImage(width, height));
        Assert.InRange(FileTokens.MaxOfImage(width, height), tokens, Math.Min(4_784, (tokens * 11 / 10) + 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("!!!!")]
    [InlineData("Qk0AAAAA")]
    public void AnImageWhoseSizeIsNotKnownIsTheLargest(string base64)
    {
        var facts = Bodies.Facts(Bodies.Content($$$"""[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{base64}}}"}}]"""));
        Assert.Equal((1, 0), (facts.Images, facts.MeasuredImages));
        Assert.True(CallLimits.JudgedInput(facts, null) >= 4_784);
    }

    [Fact]
    public void APdfThatSaysItIsAnImageIsADocument()
    {
        var facts = Bodies.Facts(Bodies.Content($$$"""[{"type":"image","source":{"type":"base64","media_type":"application/pdf","data":"{{{Convert.ToBase64String(Pdf.Packed(50))}}}"}}]"""));
        Assert.Equal((0, 1, 50L), (facts.Images, facts.Documents, facts.Pages));
    }

    [Fact]
    public void ASecondHeaderMakesNoImageSmaller()
    {
        var file = Png(1, 1);
        byte[] twice = [.. file[..33], .. Png(280, 140)[8..]];
        Assert.True(ImageSize.TryRead(twice, whole: true, out var width, out var height));
        Assert.Equal((280, 140), (width, height));
    }

    static byte[] Png(int width, int height, int before = 0)
    {
        byte[] head = [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR", [.. Big(width), .. Big(height), 8, 2, 0, 0, 0])];
        return [.. head, .. before == 0 ? [] : Chunk("iCCP", new byte[before]), .. Chunk("IDAT", new byte[100]), .. Chunk("IEND", [])];
    }

    static byte[] Chunk(string type, byte[] data) => [.. Big(data.Length), .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];

    static byte[] Jpeg(int width, int height, byte marker, int before = 16, int times = 1)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        for (var i = 0; i < times; i++)
        {
            // A thumbnail inside has a frame of its own.
            file.AddRange([0xFF, 0xE1, (byte)((before + 2) >> 8), (byte)(before + 2), 0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 9, 9, 9, 9, .. new byte[before - 11]]);
        }
        file.AddRange([0xFF, marker, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, .. new byte[9], 0xFF, 0xDA, 0, 2, .. new byte[64], 0xFF, 0xD9]);
        return [.. file];
    }

    static byte[] Gif(int width, int height, int frameWidth, int frameHeight) =>
    [
        .. "GIF89a"u8, .. Little(width), .. Little(height), 0x81, 0, 0, .. new byte[12], 0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0,
        0x2C, 0, 0, 0, 0, .. Little(frameWidth), .. Little(frameHeight), 0, 2, 1, 0, 0, 0x3B,
    ];

    static byte[] WebP(string kind, byte[] data) => [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(kind), .. Bits(data.Length), .. data, 0, 0, 0, 0];

    static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    static byte[] Little(int value) => [(byte)value, (byte)(value >> 8)];

    static byte[] Bits(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];
}
