using System.Buffers;
using Governance.Policies;

namespace Governance.Gateway.Reading;

/// <summary>
/// Says what kind of work a call is, from its facts alone; the same facts give the same answer. The first that holds wins:
/// <list type="number">
/// <item>code: a tool changes files, or the last user text has a code fence, a path of a source file or a word of the trade;</item>
/// <item>reasoning: thinking is on, or the text asks for a proof, a derivation, steps or reasons;</item>
/// <item>complex: much text, many tools or a long conversation;</item>
/// <item>simple: everything else.</item>
/// </list>
/// Words count only as whole words: "improve" does not ask to prove.
/// </summary>
[Pure]
static class TaskClassifier
{
    const long ComplexTokensMin = 4_000;
    const int ComplexToolsMin = 8;
    const int ComplexMessagesMin = 20;

    static readonly string[] CodeWords =
    [
        "```", "#include", "public class", "public static", "private static", "async task", "def __init__", "import numpy", "from typing import",
        "console.log", "system.out.println", "select * from", "create table", "npm install", "npm run", "pip install", "git commit", "git rebase",
        "dotnet build", "dotnet test", "cargo build", "stack trace", "stacktrace", "traceback", "nullreferenceexception", "segfault", "refactor",
        "refactoring", "unit test", "unit tests", "failing test", "compile error", "compiler error", "codebase", "pull request", "regex",
        "regular expression", "typescript", "javascript", "python", "c#", "c++", "golang", "rust", "sql query", "bash script", "shell script",
        "source code", "write a function", "write code", "fix the bug", "fix this bug", "debug", "dockerfile", "api endpoint",
    ];

    static readonly string[] ReasoningWords =
    [
        "prove", "proof", "derive", "derivation", "step by step", "step-by-step", "why", "reason through", "think through", "explain how",
        "deduce", "infer", "root cause", "trade-off", "trade-offs", "tradeoffs", "pros and cons", "theorem", "justify", "logic puzzle",
    ];

    static readonly string[] SourceEndings =
    [
        ".cs", ".ts", ".tsx", ".js", ".jsx", ".py", ".go", ".rs", ".java", ".kt", ".rb", ".php", ".cpp", ".hpp", ".swift", ".sql", ".sh", ".razor",
        ".csproj", ".yml", ".yaml", ".toml", ".css", ".scss", ".vue",
    ];

    static readonly SearchValues<string> CodeSearch = SearchValues.Create(CodeWords, StringComparison.OrdinalIgnoreCase);
    static readonly SearchValues<string> ReasoningSearch = SearchValues.Create(ReasoningWords, StringComparison.OrdinalIgnoreCase);

    public static TaskType Classify(RequestFacts facts)
    {
        var text = facts.LastUserText.AsSpan();
        if (facts.EditingTools || HoldsWord(text, CodeSearch, CodeWords) || HoldsSourcePath(text))
            return TaskType.Code;
        if (facts.Thinking || HoldsWord(text, ReasoningSearch, ReasoningWords))
            return TaskType.Reasoning;
        return facts.ExpectedTextTokens >= ComplexTokensMin || facts.Tools >= ComplexToolsMin || facts.Messages >= ComplexMessagesMin
            ? TaskType.Complex
            : TaskType.Simple;
    }

    static bool HoldsWord(ReadOnlySpan<char> text, SearchValues<string> search, string[] words)
    {
        for (var from = 0; from < text.Length;)
        {
            var found = text[from..].IndexOfAny(search);
            if (found < 0)
                return false;
            from += found;
            foreach (var word in words)
            {
                if (text[from..].StartsWith(word, StringComparison.OrdinalIgnoreCase) && IsWhole(text, from, word.Length))
                    return true;
            }
            from++;
        }
        return false;
    }

    /// <summary>A letter or digit must not go on into another one, on either side.</summary>
    static bool IsWhole(ReadOnlySpan<char> text, int start, int length)
    {
        var end = start + length;
        var open = start == 0 || !char.IsLetterOrDigit(text[start]) || !char.IsLetterOrDigit(text[start - 1]);
        return open && (end == text.Length || !char.IsLetterOrDigit(text[end - 1]) || !char.IsLetterOrDigit(text[end]));
    }

    /// <summary>A name, a dot and the ending of a source file: <c>src/Money.cs</c>.</summary>
    static bool HoldsSourcePath(ReadOnlySpan<char> text)
    {
        for (var from = 1; from < text.Length; from++)
        {
            var dot = text[from..].IndexOf('.');
            if (dot < 0)
                return false;
            from += dot;
            if (!char.IsLetterOrDigit(text[from - 1]) && text[from - 1] != '_')
                continue;
            foreach (var ending in SourceEndings)
            {
                if (text[from..].StartsWith(ending, StringComparison.Ordinal) && IsWhole(text, from, ending.Length))
                    return true;
            }
        }
        return false;
    }
}
