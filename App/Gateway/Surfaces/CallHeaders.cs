namespace Governance.Gateway.Surfaces;

/// <summary>Reads headers that have one value. A repeat is refused, and what names somebody is never cut, dropped or changed: two names must not become one.</summary>
static class CallHeaders
{
    /// <summary>Characters of a customer, employee and the like; no budget names a longer one.</summary>
    public const int MaxNameLength = 254;
    /// <summary>Characters of a session, whichever way it is named. Claude Code's user ids have 159.</summary>
    public const int MaxSessionLength = 512;

    /// <summary>The client's own id of a request.</summary>
    public const string ClientRequestId = "x-request-id";
    public const string TraceParent = "traceparent";
    const int MaxTraceLength = 128;

    /// <summary>What a client calls the request, to be given back and written into the log; null where it is not one short word.</summary>
    public static string? Trace(HttpRequest request, string name) =>
        request.Headers[name] is [{ Length: > 0 and <= MaxTraceLength } value] && !value.AsSpan().ContainsAnyExceptInRange('!', '~') ? value : null;

    /// <summary>What the protocol itself says once; null where it does.</summary>
    public static Refusal? Protocol(HttpRequest request)
    {
        foreach (var name in (ReadOnlySpan<string>)["anthropic-version", "content-type"])
        {
            if (Single(request, name, out var value) is { } repeated)
            {
                return repeated;
            }
            if (value is not null && value.Contains(','))
            {
                return List(name, value);
            }
        }
        return request.Query["beta"].Count > 1 ? Refusal.Malformed("beta: the query names it more than once; send it once.") : null;
    }

    /// <summary>One word of an enumeration, spelled out; <paramref name="value"/> is null where the header is not there.</summary>
    public static Refusal? Word<T>(HttpRequest request, string name, string choices, out T? value)
        where T : struct, Enum
    {
        value = null;
        if (Single(request, name, out var text) is { } repeated)
        {
            return repeated;
        }
        if (text is null)
        {
            return null;
        }
        if (text.Contains(','))
        {
            return List(name, text);
        }
        // Enum.TryParse would take numbers as well.
        if (text.All(char.IsAsciiLetter) && Enum.TryParse(text, ignoreCase: true, out T known) && Enum.IsDefined(known))
        {
            value = known;
            return null;
        }
        return Refusal.Malformed($"{name}: '{Shown(text)}' is none of {choices}.");
    }

    /// <summary>A name as it was sent; null where the header is not there. It may hold commas, as names of companies do.</summary>
    public static Refusal? Name(HttpRequest request, string name, int maxLength, out string? value) =>
        Single(request, name, out value) ?? (value is null ? null : NameFault(name, value, maxLength));

    /// <summary>Why something cannot be a name; null where it can.</summary>
    /// <param name="where">The header or field that it was given in.</param>
    public static Refusal? NameFault(string where, string value, int maxLength)
    {
        if (value.Length > maxLength)
        {
            return Refusal.Malformed($"{where}: the name has {value.Length} characters, more than the limit of {maxLength}; send a shorter one.");
        }
        // Stores keep them differently.
        return value.Any(char.IsControl) ? Refusal.Malformed($"{where}: the name holds a control character; send it without.") : null;
    }

    static Refusal? Single(HttpRequest request, string name, out string? value)
    {
        value = null;
        if (!request.Headers.TryGetValue(name, out var values))
        {
            return null;
        }
        if (values.Count > 1)
        {
            return Refusal.Malformed($"{name}: the header was sent {values.Count} times; send it once.");
        }
        // Only what HTTP itself allows around a value.
        value = values.ToString().Trim(' ', '\t');
        return value.Length > 0 ? null : Refusal.Malformed($"{name}: the header has no value; write one, or leave the header out.");
    }

    static Refusal List(string name, string text) => Refusal.Malformed($"{name}: '{Shown(text)}' is a list; send one value.");

    static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
