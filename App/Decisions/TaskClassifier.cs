using Governance.Policies;

namespace Governance.Decisions;

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

    readonly record struct Word(string Text, TaskType Kind);

    /// <summary>By the character that a word begins with, in either case, so that a text is looked at once. (A search for all words at once is six times slower: nearly every place of a text begins like one of so many.)</summary>
    static readonly Word[][] WordsByFirst = Ordered();

    /// <summary>For each character that a word begins with: the bits of the low five bits of the second characters of those words. It rules most places out without looking at a word.</summary>
    static readonly uint[] SecondsByFirst = [.. WordsByFirst.Select(words => words.Aggregate(0u, (bits, word) => bits | (1u << (word.Text[1] & 31))))];

    public static TaskType Classify(RequestFacts facts)
    {
        if (facts.EditingTools)
            return TaskType.Code;
        var text = facts.LastUserText.AsSpan();
        var asked = KindOfWords(text);
        if (asked == TaskType.Code || HoldsSourcePath(text))
            return TaskType.Code;
        if (facts.Thinking || asked == TaskType.Reasoning)
            return TaskType.Reasoning;
        return facts.ExpectedTextTokens >= ComplexTokensMin || facts.Tools >= ComplexToolsMin || facts.Messages >= ComplexMessagesMin
            ? TaskType.Complex
            : TaskType.Simple;
    }

    /// <summary>Code where any word is of code, else reasoning where any is, else simple.</summary>
    static TaskType KindOfWords(ReadOnlySpan<char> text)
    {
        var kind = TaskType.Simple;
        var seconds = SecondsByFirst.AsSpan();
        var inWord = false;
        // Every word has two characters or more.
        for (var index = 0; index < text.Length - 1; index++)
        {
            var first = text[index];
            var continues = inWord;
            inWord = char.IsLetterOrDigit(first);
            if ((inWord && continues) || first >= seconds.Length || (seconds[first] & (1u << (text[index + 1] & 31))) == 0)
                continue;
            foreach (var word in WordsByFirst[first])
            {
                if (word.Kind != kind && IsHere(text, index, word.Text, StringComparison.OrdinalIgnoreCase))
                    kind = word.Kind;
            }
            if (kind == TaskType.Code)
                return kind;
        }
        return kind;
    }

    /// <summary>The word stands here and no letter or digit goes on behind its own.</summary>
    static bool IsHere(ReadOnlySpan<char> text, int start, string word, StringComparison comparison)
    {
        var end = start + word.Length;
        return text[start..].StartsWith(word, comparison)
            && (end == text.Length || !char.IsLetterOrDigit(text[end - 1]) || !char.IsLetterOrDigit(text[end]));
    }

    static Word[][] Ordered()
    {
        Word[] words = [.. CodeWords.Select(word => new Word(word, TaskType.Code)), .. ReasoningWords.Select(word => new Word(word, TaskType.Reasoning))];
        return [.. Enumerable.Range(0, 128).Select(first => words.Where(word => word.Text[0] == char.ToLowerInvariant((char)first)).ToArray())];
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
                if (IsHere(text, from, ending, StringComparison.Ordinal))
                    return true;
            }
        }
        return false;
    }
}
