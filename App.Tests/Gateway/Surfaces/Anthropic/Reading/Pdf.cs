using System.Globalization;
using System.IO.Compression;
using System.Text;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Gateway.Surfaces.Anthropic.Reading;

/// <summary>Writes PDFs of every kind that matters to who counts their pages.</summary>
static class Pdf
{
    /// <summary>One object for each page, a content stream among them.</summary>
    public static byte[] Plain(int pages, string text = "Hello", int padding = 0, bool deflate = true)
    {
        var file = new MemoryStream();
        Write(file, "%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
        Write(file, $"2 0 obj\n<< /Type /Pages /Kids [ {Refs(pages)} ] /Count {pages} >>\nendobj\n");
        for (var page = 0; page < pages; page++)
        {
            Write(file, string.Create(CultureInfo.InvariantCulture, $"{page + 4} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R >>\nendobj\n"));
        }
        var content = Encoding.Latin1.GetBytes($"BT /F1 12 Tf ({text}) Tj ET");
        Stream(file, 3, "", deflate ? Deflate(content) : content, deflate);
        if (padding > 0)
        {
            var pixels = new byte[padding];
            new Random(1).NextBytes(pixels);
            Stream(file, 9_999, "/Type /XObject /Subtype /Image /Width 1000 /Height 1000", pixels, deflated: false);
        }
        Write(file, "trailer << /Root 1 0 R >>\n%%EOF\n");
        return file.ToArray();
    }

    /// <summary>The page tree inside of a compressed object stream: hardly any bytes for any number of pages.</summary>
    public static byte[] Packed(int pages, string filter = "/FlateDecode", string more = "")
    {
        var inside = new StringBuilder("1 0 2 40 ");
        inside.Append(CultureInfo.InvariantCulture, $"<</Type/Catalog/Pages 2 0 R>> <</Type/Pages/Kids[{Refs(pages)}]/Count {pages}>> ");
        for (var page = 0; page < pages; page++)
        {
            inside.Append("<</Type/Page/Parent 2 0 R>> ");
        }
        var file = new MemoryStream();
        Write(file, "%PDF-1.7\n");
        var data = Deflate(Encoding.Latin1.GetBytes(inside.ToString()));
        Write(file, string.Create(CultureInfo.InvariantCulture, $"5 0 obj\n<< /Type /ObjStm /N {pages + 2} /First 9 /Filter {filter} /Length {data.Length} {more} >>\nstream\n"));
        file.Write(data);
        Write(file, "\nendstream\nendobj\n%%EOF\n");
        return file.ToArray();
    }

    /// <summary>One page object to which a tree refers many times.</summary>
    public static byte[] Shared(int pages) => Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"%PDF-1.4\n2 0 obj <</Type/Pages/Count {pages}/Kids[{string.Concat(Enumerable.Repeat("4 0 R ", pages))}]>> endobj 4 0 obj <</Type/Page>> endobj\n%%EOF"));

    /// <summary>Pages that name one stream so many times each.</summary>
    public static byte[] Shown(int pages, int times, string text) => Of(pages, $"/Contents [ {string.Concat(Enumerable.Repeat("3 0 R ", times))}]", ("", $"BT ({text}) Tj ET"));

    /// <summary>A page that paints a form so often, which paints another one so often, which shows the text.</summary>
    public static byte[] Nested(int times, string text)
    {
        string Paints(string name) => string.Concat(Enumerable.Repeat($"/{name} Do ", times));
        return Of(1, "/Contents 3 0 R", ("", Paints("A")), ("/Subtype /Form", Paints("B")), ("/Subtype /Form", $"BT ({text}) Tj ET"));
    }

    /// <summary>A font of which one code stands for these letters.</summary>
    public static byte[] Mapped(string letters) => Of(1, "/Contents 3 0 R", ("", "BT (x) Tj ET"), ("", $"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <78> <{letters}> endbfchar"));

    /// <summary>One page with these contents, and object 3 as a stream.</summary>
    public static byte[] With(string contents, string stream) => Of(1, contents, (stream, "BT (Hello) Tj ET"));

    static byte[] Of(int pages, string contents, params (string Dictionary, string Data)[] streams)
    {
        var file = new MemoryStream();
        Write(file, $"%PDF-1.7\n2 0 obj\n<< /Type /Pages /Kids [ {string.Concat(Enumerable.Range(100, pages).Select(number => $"{number} 0 R "))}] /Count {pages} >>\nendobj\n");
        for (var page = 0; page < pages; page++)
        {
            Write(file, string.Create(CultureInfo.InvariantCulture, $"{page + 100} 0 obj\n<< /Type /Page /Parent 2 0 R {contents} >>\nendobj\n"));
        }
        for (var i = 0; i < streams.Length; i++)
        {
            Stream(file, i + 3, streams[i].Dictionary, Deflate(Encoding.Latin1.GetBytes(streams[i].Data)), deflated: true);
        }
        Write(file, "%%EOF\n");
        return file.ToArray();
    }

    public static byte[] Deflate(byte[] content)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(content);
        }
        return packed.ToArray();
    }

    public static void Stream(MemoryStream file, int number, string dictionary, byte[] data, bool deflated)
    {
        Write(file, string.Create(CultureInfo.InvariantCulture, $"{number} 0 obj\n<< {dictionary} /Length {data.Length}{(deflated ? " /Filter /FlateDecode" : "")} >>\nstream\n"));
        file.Write(data);
        Write(file, "\nendstream\nendobj\n");
    }

    static string Refs(int pages) => string.Join(' ', Enumerable.Range(4, pages).Select(number => string.Create(CultureInfo.InvariantCulture, $"{number} 0 R")));

    static void Write(MemoryStream file, string text) => file.Write(Encoding.Latin1.GetBytes(text));
}
