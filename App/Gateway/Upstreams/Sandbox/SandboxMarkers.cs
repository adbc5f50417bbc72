using System.Globalization;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>One row of the table of markers.</summary>
/// <param name="Form">What the user writes.</param>
/// <param name="Effect">What the sandbox then does.</param>
[Pure]
readonly record struct SandboxMarker(string Form, string Effect);

/// <summary>What the markers in the last user text ask of the sandbox, so that every state of the product can be tried without a provider.</summary>
[Pure]
sealed record SandboxMarkers
{
    /// <summary>Every marker; <c>[[help]]</c> answers with this table.</summary>
    public static readonly IReadOnlyList<SandboxMarker> Table =
    [
        new("[[help]]", "answers with this table"),
        new("[[error 529]]", "answers with that HTTP status (400 to 599) and the provider's error body"),
        new("[[error 429 retry-after=5]]", "the same, with a retry-after header in seconds"),
        new("[[delay 2s]]", "waits before the answer; ms or s, at most 10 minutes"),
        new("[[slow 200ms]]", "waits between the events of a stream; ms or s, at most 60 seconds"),
        new("[[tokens 500]]", "makes the text that many tokens long, at most 20,000 and never above max_tokens"),
        new("[[stream-error overloaded_error]]", "ends a stream half-way with an error event of that type; without a stream, answers with the status of that type"),
        new("[[cut]]", "loses the connection half-way through the answer"),
        new("[[cut-before]]", "loses the connection after the request was sent and before any answer"),
        new("[[unreachable]]", "cannot be connected to, so that nothing is sent"),
        new("[[no-usage]]", "leaves every usage figure out of the answer"),
        new("[[garbage]]", "answers 200 with a body that is not JSON"),
        new("[[refusal]]", "ends with stop_reason refusal"),
        new("[[web-search 2]]", "reports that many web searches in the usage, at most 100"),
        new("[[think]]", "thinks before the answer even where the body does not ask for it"),
    ];

    public const long TokensMost = 20_000;
    const int LengthMost = 80;
    static readonly TimeSpan DelayMost = TimeSpan.FromMinutes(10);
    static readonly TimeSpan SlowMost = TimeSpan.FromSeconds(60);

    public int? ErrorStatus { get; init; }
    public int? RetryAfterSeconds { get; init; }
    public TimeSpan Delay { get; init; }
    public TimeSpan? Slow { get; init; }
    public long? Tokens { get; init; }
    public string? StreamError { get; init; }
    public bool Cut { get; init; }
    public bool CutBefore { get; init; }
    public bool Unreachable { get; init; }
    public bool NoUsage { get; init; }
    public bool Garbage { get; init; }
    public bool Refusal { get; init; }
    public long WebSearches { get; init; }
    public bool Think { get; init; }
    public bool Help { get; init; }

    /// <summary>The table as the text of an answer.</summary>
    public static string HelpText => "Write one or more of these markers into your message:\n" + string.Join('\n', Table.Select(marker => $"{marker.Form} {marker.Effect}"));

    /// <summary>Finds every marker of a text; unknown and malformed ones are left alone, and of two alike the later wins.</summary>
    public static SandboxMarkers Read(string text)
    {
        var markers = new SandboxMarkers();
        for (var at = text.IndexOf("[[", StringComparison.Ordinal); at >= 0; at = text.IndexOf("[[", at, StringComparison.Ordinal))
        {
            at += 2;
            var end = text.AsSpan(at, Math.Min(LengthMost, text.Length - at)).IndexOf("]]");
            if (end < 0)
            {
                continue;
            }
            var words = text.Substring(at, end).ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                markers = markers.With(words[0], words[1..]);
            }
            at += end + 2;
        }
        return markers;
    }

    SandboxMarkers With(string name, string[] words) => (name, words) switch
    {
        ("error", [var status, .. var rest]) when Number(status, 599) is int code and >= 400 => this with { ErrorStatus = code, RetryAfterSeconds = RetryAfter(rest) },
        ("delay", [var time]) when Duration(time, DelayMost) is { } delay => this with { Delay = delay },
        ("slow", [var time]) when Duration(time, SlowMost) is { } slow => this with { Slow = slow },
        ("tokens", [var count]) when Number(count, int.MaxValue) is { } tokens => this with { Tokens = Math.Min(tokens, TokensMost) },
        ("stream-error", [var type]) when type.All(letter => char.IsAsciiLetter(letter) || letter == '_') => this with { StreamError = type },
        ("web-search", [var count]) when Number(count, 100) is { } searches => this with { WebSearches = searches },
        ("cut", []) => this with { Cut = true },
        ("cut-before", []) => this with { CutBefore = true },
        ("unreachable", []) => this with { Unreachable = true },
        ("no-usage", []) => this with { NoUsage = true },
        ("garbage", []) => this with { Garbage = true },
        ("refusal", []) => this with { Refusal = true },
        ("think", []) => this with { Think = true },
        ("help", []) => this with { Help = true },
        _ => this,
    };

    static int? RetryAfter(string[] words) =>
        words is [var word] && word.StartsWith("retry-after=", StringComparison.Ordinal) ? Number(word["retry-after=".Length..], 86_400) : null;

    static int? Number(string word, int most) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;

    static TimeSpan? Duration(string word, TimeSpan most)
    {
        var milliseconds = word.EndsWith("ms", StringComparison.Ordinal);
        if (!milliseconds && !word.EndsWith('s'))
        {
            return null;
        }
        if (Number(word[..^(milliseconds ? 2 : 1)], int.MaxValue) is not { } number)
        {
            return null;
        }
        var duration = milliseconds ? TimeSpan.FromMilliseconds(number, 0) : TimeSpan.FromSeconds(number);
        return duration < most ? duration : most;
    }
}
