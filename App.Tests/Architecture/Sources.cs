using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Governance.Tests.Architecture;

/// <summary>One source file: its path below <c>App/</c> with slashes, and its text.</summary>
sealed record SourceFile(string Path, string Text)
{
    public int Lines => Text.AsSpan().TrimEnd().Count('\n') + 1;
}

/// <summary>The rules that are read from source files: place, length. Each answers with its violations as sentences.</summary>
static class Sources
{
    public const int LinesOfCode = 300, LinesOfRazor = 150, LinesOfMethod = 70, MedianLines = 90;

    /// <summary>The <c>.cs</c> and <c>.razor</c> files of the product, without migrations and what the build makes.</summary>
    public static IReadOnlyList<SourceFile> OfApp()
    {
        var app = Path.Combine(House.Folder, "App");
        return [.. from file in Directory.EnumerateFiles(app, "*", SearchOption.AllDirectories)
                   where Path.GetExtension(file) is ".cs" or ".razor"
                   let path = Path.GetRelativePath(app, file).Replace('\\', '/')
                   where !path.Split('/').Any(part => part is "obj" or "bin" or "Migrations")
                   orderby path
                   select new SourceFile(path, File.ReadAllText(file))];
    }

    /// <summary>A namespace equals its folder.</summary>
    public static IEnumerable<string> Misplaced(IEnumerable<SourceFile> files, string root)
    {
        foreach (var file in files.Where(file => file.Path != "Program.cs"))
        {
            var expected = string.Join('.', file.Path.Split('/')[..^1].Prepend(root));
            foreach (var name in Namespaces(file).Where(name => name != expected))
            {
                yield return $"{file.Path} declares namespace {name}, its folder is {expected}";
            }
        }
    }

    /// <summary>What has a circuit stands in the part that keeps it: pages by their directive, everything else by its tag.</summary>
    public static IEnumerable<string> Unguarded(IEnumerable<SourceFile> files) =>
        from file in files
        where IsRazor(file)
        from System.Text.RegularExpressions.Match tag in System.Text.RegularExpressions.Regex.Matches(file.Text, """<([A-Z]\w*)(?:\s+[^<>]*?)?\s@rendermode\b""")
        where tag.Groups[1].Value != "InteractivePart"
        select $"{file.Path} makes {tag.Groups[1].Value} interactive without the InteractivePart that keeps its circuit";

    /// <summary>No file names a room behind its own: constants and pages' directives leave no trace in what is compiled.</summary>
    public static IEnumerable<string> NamesRight(IEnumerable<SourceFile> files, string root, string[] rooms) =>
        from file in files
        let room = Array.IndexOf(rooms, file.Path.Split('/')[0])
        where room >= 0
        from System.Text.RegularExpressions.Match named in System.Text.RegularExpressions.Regex.Matches(file.Text, $@"^@?using (?:static )?{root}\.(\w+)", System.Text.RegularExpressions.RegexOptions.Multiline)
        where Array.IndexOf(rooms, named.Groups[1].Value) > room
        select $"{file.Path} names {named.Groups[1].Value}, and {rooms[room]} stands before it";

    /// <summary>Files stay short, and most of them much shorter.</summary>
    public static IEnumerable<string> TooLong(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files)
        {
            var limit = IsRazor(file) ? LinesOfRazor : LinesOfCode;
            if (file.Lines > limit)
            {
                yield return $"{file.Path} has {file.Lines} lines, at most {limit}";
            }
        }
        var lengths = files.Where(file => !IsRazor(file)).Select(file => file.Lines).Order().ToList();
        if (lengths.Count > 0 && lengths[lengths.Count / 2] is var median and > MedianLines)
        {
            yield return $"the median .cs file has {median} lines, at most {MedianLines}";
        }
    }

    /// <summary>A method, from its first line to its last, fits a screen.</summary>
    public static IEnumerable<string> LongMethods(IEnumerable<SourceFile> files) =>
        from file in files
        from method in Tree(file).DescendantNodes()
        where method is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = method.SyntaxTree.GetLineSpan(method.Span)
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > LinesOfMethod
        select $"{file.Path}: {MethodName(method)} has {lines} lines, at most {LinesOfMethod}";

    static IEnumerable<string> Namespaces(SourceFile file)
    {
        if (IsRazor(file))
        {
            return file.Text.Split('\n').Where(line => line.StartsWith("@namespace ", StringComparison.Ordinal)).Select(line => line["@namespace ".Length..].Trim());
        }
        var root = Tree(file);
        var declared = root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(each => each.Name.ToString()).ToList();
        var declaresTypes = root.Members.Any(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);
        return declaresTypes ? declared.Append("(none)") : declared;
    }

    static CompilationUnitSyntax Tree(SourceFile file)
    {
        // Of a page only the code block is C#; it is read as the members of a class.
        var code = file.Text.IndexOf("@code", StringComparison.Ordinal);
        var text = !IsRazor(file) ? file.Text : code < 0 ? "" : "class Page " + file.Text[(code + "@code".Length)..];
        return CSharpSyntaxTree.ParseText(text, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview)).GetCompilationUnitRoot();
    }

    static string MethodName(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax accessor => accessor.Keyword.Text,
        _ => "an operator",
    };

    static bool IsRazor(SourceFile file) => file.Path.EndsWith(".razor", StringComparison.Ordinal);
}
