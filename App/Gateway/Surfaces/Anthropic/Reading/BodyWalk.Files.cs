using System.Buffers;
using System.Buffers.Text;
using Governance.Decisions;
using Governance.Gateway.Reading;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Images and documents that the body itself holds: how large they are is read from them.</summary>
ref partial struct BodyWalk
{
    /// <summary>Base64 in which nearly every image says its size.</summary>
    const int HeadLength = 64 * 1024;

    void Image(in Shape shape)
    {
        if (!shape.Base64.Exists)
        {
            _images++;
            return;
        }
        var base64 = Decoded(shape.Base64);
        if (!ReadImage(base64[..Math.Min(base64.Length, HeadLength)], base64.Length <= HeadLength, out var isPdf) && !isPdf && base64.Length > HeadLength)
            ReadImage(base64, whole: true, out _);
        // Nobody who reads it by its content will take it for an image.
        if (isPdf)
            Document(shape);
        else
            _images++;
    }

    /// <summary>False where its size is not known.</summary>
    bool ReadImage(ReadOnlySpan<byte> base64, bool whole, out bool isPdf)
    {
        var file = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        // Where it breaks off, its head is still what it is.
        Base64.DecodeFromUtf8(base64, file, out _, out var length, whole);
        var isKnown = ImageSize.TryRead(file.AsSpan(0, length), whole, out var width, out var height);
        isPdf = !isKnown && PdfWalk.IsPdf(file.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(file);
        if (isKnown)
        {
            _measuredImages++;
            _expectedImageTokens += FileTokens.ExpectedOfImage(width, height);
            _maxImageTokens += FileTokens.MaxOfImage(width, height);
        }
        return isKnown;
    }

    void Document(in Shape shape)
    {
        var base64 = Decoded(shape.Base64);
        _documents++;
        // Base64 that is no PDF may be text in disguise.
        if (!shape.Pdf)
            _textBytes += base64.Length;
        var file = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        var isWhole = Base64.DecodeFromUtf8(base64, file, out _, out var length) is OperationStatus.Done;
        var read = PdfWalk.Read(file, length, ref _inflate);
        ArrayPool<byte>.Shared.Return(file);
        _pages += read.Pages;
        if (read.IsHidden || !isWhole)
        {
            _documentBytes += base64.Length;
            return;
        }
        _foundDocuments++;
        _expectedDocumentTokens += PageTokens.Expected(read);
        if (read.IsExact)
        {
            _exactDocuments++;
            _maxDocumentTokens += PageTokens.Max(read);
        }
    }
}
