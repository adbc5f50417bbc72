using System.Text;

namespace Governance.Pricing;

/// <summary>The many spellings of one model brought to one, and the patterns by which rules speak of models and families of models.</summary>
[Pure]
static class ModelName
{
    /// <summary>Labels that routes put before a model with a dot: Bedrock's regions and vendors.</summary>
    static readonly HashSet<string> labels = new(StringComparer.Ordinal)
    {
        "us", "eu", "apac", "global", "jp", "au", "ca", "us-gov", "*", "anthropic", "amazon", "meta", "mistral", "cohere", "deepseek", "openai", "ai21", "google",
        "qwen", "minimax", "moonshot", "moonshotai", "nvidia", "writer", "stability", "zai", "xai",
    };

    /// <summary>Vendors that are written before a model with a colon (<c>anthropic:claude-opus-4-8</c>).</summary>
    static readonly HashSet<string> vendors = new(StringComparer.Ordinal)
    {
        "anthropic", "openai", "azure", "bedrock", "bedrock_converse", "vertex", "vertex_ai", "google", "google_genai", "google_vertexai", "gemini", "openrouter", "mistral", "mistralai",
        "deepseek", "xai", "groq", "cohere", "litellm", "models",
    };

    /// <summary>Route variants that follow a model with a colon and name the same weights.</summary>
    static readonly HashSet<string> variants = new(StringComparer.Ordinal) { "free", "thinking", "beta", "extended", "nitro", "floor", "online", "exacto" };

    /// <summary>Which models a pattern such as <c>anthropic/*</c> means when the model is written without its vendor.</summary>
    static readonly (string Vendor, string[] Families)[] families =
    [
        ("anthropic", ["claude"]), ("openai", ["gpt", "chatgpt", "o1", "o3", "o4", "text-embedding"]), ("gemini", ["gemini"]), ("google", ["gemini", "gemma"]),
        ("mistral", ["mistral", "codestral", "ministral", "magistral", "devstral", "pixtral"]), ("deepseek", ["deepseek"]), ("xai", ["grok"]),
    ];

    const string Latest = "-latest";

    /// <summary>One spelling for all: lower case, no route or vendor before it, no Bedrock version or context suffix behind it, dashes for dots. Dates and <c>-latest</c> stay. Never throws.</summary>
    public static string Canonical(string? model) => Core(Clean(model));

    /// <summary>The canonical name in the vendor's new order: <c>claude-3-5-sonnet-20241022</c> is <c>claude-sonnet-3-5-20241022</c>.</summary>
    public static string Ordered(string? model) => NewOrder(Canonical(model));

    /// <summary>What a model's alias, its dated ids and its <c>-latest</c> share: the canonical name in the vendor's new order, without the date or <c>-latest</c> behind it. Empty for no name.</summary>
    public static string Undated(string? model)
    {
        var name = Ordered(model);
        return name[..^DateLength(name)];
    }

    /// <summary>True for the id of one snapshot (<c>…-20250929</c>, <c>…-2024-08-06</c>); an alias and <c>-latest</c> have no date.</summary>
    public static bool IsDated(string? model)
    {
        var name = Canonical(model);
        return DateLength(name) > 0 && !name.EndsWith(Latest, StringComparison.Ordinal);
    }

    /// <summary>True where both name one model: spelled alike, or one is the alias of the other's dated id. Two snapshots are two models.</summary>
    public static bool AreSame(string? left, string? right) => Ordered(left) is { Length: > 0 } one && AreSameNames(one, Ordered(right));

    /// <summary>
    /// True where <paramref name="pattern"/> names <paramref name="model"/>: the pattern's dash-separated parts are the first parts of the model's, in the vendor's new order
    /// (<c>claude-opus-4</c>) or the old (<c>claude-4-opus</c>), with or without <c>claude-</c>. <c>*</c> stands for any characters; <c>vendor/*</c> for a vendor's models.
    /// A dated id also names its alias, and the other way round. A pattern without a letter, digit or star matches nothing.
    /// </summary>
    public static bool Matches(string? pattern, string? model)
    {
        var cleanPattern = Clean(pattern);
        var cleanModel = Clean(model);
        var name = Core(cleanModel);
        if (cleanPattern.Length == 0 || name.Length == 0)
        {
            return false;
        }
        var wanted = Core(cleanPattern);
        if (wanted.Length == 0)
        {
            return false;
        }
        if (wanted.All(c => c is '*') && cleanPattern.Trim('*', '/', '.').Length > 0)
        {
            return IsOfVendor(cleanPattern, cleanModel, name);
        }
        var tuned = name.StartsWith("ft-", StringComparison.Ordinal) ? name[3..] : name;
        var turned = NewOrder(tuned);
        return Leads(wanted, name) || Leads(wanted, tuned) || Leads(NewOrder(wanted), turned) || AreSameNames(NewOrder(wanted), turned) || (turned.StartsWith("claude-", StringComparison.Ordinal) && Leads(wanted, turned[7..]));
    }

    /// <summary>Compatibility forms folded, case lowered, invisible characters gone, every dash a hyphen, blanks inside as hyphens.</summary>
    static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }
        var clean = new StringBuilder(text.Length);
        foreach (var rune in Folded(text).EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                var c = (char)rune.Value;
                if (c is ' ' or '\t' or '\r' or '\n')
                {
                    clean.Append(' ');
                }
                else if (!char.IsControl(c))
                {
                    clean.Append(char.ToLowerInvariant(c));
                }
                continue;
            }
            switch (Rune.GetUnicodeCategory(rune))
            {
                case System.Globalization.UnicodeCategory.DashPunctuation:
                    clean.Append('-');
                    break;
                case System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.NonSpacingMark:
                    break;
                case System.Globalization.UnicodeCategory.SpaceSeparator or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator:
                    clean.Append(' ');
                    break;
                default:
                    // The minus sign is mathematics to Unicode and a dash to whoever pastes it.
                    clean.Append(rune.Value == 0x2212 ? "-" : Rune.ToLowerInvariant(rune).ToString());
                    break;
            }
        }
        return clean.ToString().Trim().Replace(' ', '-');
    }

    static string Folded(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair: no model is called that, and EnumerateRunes replaces it.
            return text;
        }
    }

    static string Core(string clean)
    {
        var name = clean.Trim('/', '-', '.', ':', '@');
        name = name[(name.LastIndexOf('/') + 1)..];
        name = WithoutColons(name);
        while (name.IndexOf('.') is var dot and > 0 && labels.Contains(name[..dot]))
        {
            name = name[(dot + 1)..];
        }
        if (name.IndexOf('[') is var bracket and >= 0)
        {
            name = name[..bracket];
        }
        if (name.EndsWith("@default", StringComparison.Ordinal))
        {
            name = name[..^8];
        }
        return WithoutBedrockVersion(Dashed(name));
    }

    /// <summary>Drops a vendor before the name and Bedrock's or OpenRouter's suffixes after it; other colons become dashes (<c>ft:gpt-4o</c>, <c>llama3:8b</c>).</summary>
    static string WithoutColons(string name)
    {
        while (name.IndexOf(':') is var first and >= 0 && vendors.Contains(name[..first]))
        {
            name = name[(first + 1)..];
        }
        while (name.LastIndexOf(':') is var last and > 0 && IsVariant(name.AsSpan(last + 1)))
        {
            name = name[..last];
        }
        return name;
    }

    static bool IsVariant(ReadOnlySpan<char> tail)
    {
        var number = tail.EndsWith("k") ? tail[..^1] : tail;
        return variants.Contains(tail.ToString()) || !number.ContainsAnyExceptInRange('0', '9');
    }

    static string Dashed(string name)
    {
        var dashed = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            var dash = c is '.' or '@' or '_' or ':' or '-';
            if (!dash)
            {
                dashed.Append(c);
            }
            else if (dashed.Length > 0 && dashed[^1] != '-')
            {
                dashed.Append('-');
            }
        }
        return dashed.ToString().TrimEnd('-');
    }

    /// <summary><c>claude-opus-4-6-v1</c> is <c>claude-opus-4-6</c>, but <c>claude-v2</c> and <c>titan-embed-text-v2</c> are models of their own.</summary>
    static string WithoutBedrockVersion(string name)
    {
        var dash = name.LastIndexOf('-');
        return dash > 0 && dash + 2 < name.Length && name[dash + 1] == 'v' && !name.AsSpan(dash + 2).ContainsAnyExceptInRange('0', '9')
            && name.StartsWith("claude-", StringComparison.Ordinal) && name.AsSpan(0, dash).ContainsAnyInRange('0', '9')
            ? name[..dash]
            : name;
    }

    /// <summary>Old Claude ids carry the version in the middle: <c>claude-3-5-sonnet-20241022</c> becomes <c>claude-sonnet-3-5-20241022</c>.</summary>
    static string NewOrder(string name)
    {
        var parts = name.Split('-');
        if (parts.Length < 3 || parts[0] != "claude" || !IsVersion(parts[1]))
        {
            return name;
        }
        var family = Array.FindIndex(parts, 1, part => !IsVersion(part));
        return family < 0 || parts[family].Contains('*') || !char.IsAsciiLetter(parts[family][0])
            ? name
            : string.Join('-', [parts[0], parts[family], .. parts[1..family], .. parts[(family + 1)..]]);
    }

    /// <summary>Of names in the new order.</summary>
    static bool AreSameNames(string left, string right)
    {
        if (left == right)
        {
            return true;
        }
        var (leftDate, rightDate) = (DateLength(left), DateLength(right));
        return (leftDate > 0 || rightDate > 0) && (leftDate == 0 || rightDate == 0 || left.EndsWith(Latest, StringComparison.Ordinal) || right.EndsWith(Latest, StringComparison.Ordinal))
            && left.AsSpan(0, left.Length - leftDate).SequenceEqual(right.AsSpan(0, right.Length - rightDate));
    }

    /// <summary>How many characters of a canonical name are the date of its snapshot, or <c>-latest</c>; 0 for an alias.</summary>
    static int DateLength(string name)
    {
        const int Day = 9, Dashed = 11;
        if (name.EndsWith(Latest, StringComparison.Ordinal) && name.Length > Latest.Length)
        {
            return Latest.Length;
        }
        var tail = name.Length > Dashed ? name.AsSpan(name.Length - Dashed) : default;
        return name.Length > Day && name[^Day] == '-' && AreDigits(name.AsSpan(name.Length - 8)) ? Day
            : tail.StartsWith("-20") && tail[5] == '-' && tail[8] == '-' && AreDigits(tail[1..5]) && AreDigits(tail[6..8]) && AreDigits(tail[9..]) ? Dashed : 0;
    }

    static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    static bool IsVersion(string part) => part.Length is 1 or 2 && AreDigits(part);

    static bool Leads(string pattern, string name) => pattern.Contains('*')
        ? Glob(pattern, name) || Glob(pattern + "-*", name)
        : name.StartsWith(pattern, StringComparison.Ordinal) && (name.Length == pattern.Length || name[pattern.Length] == '-');

    /// <summary>Star matching in time linear in the product of both lengths at worst: only the last star is ever retried.</summary>
    static bool Glob(string pattern, string name)
    {
        int at = 0, star = -1, retry = 0, i = 0;
        while (i < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                retry = i;
            }
            else if (at < pattern.Length && pattern[at] == name[i])
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                i = ++retry;
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(at).Trim('*').IsEmpty;
    }

    /// <summary><c>openai/*</c> must not mean every model because a route is stripped: the model is written with that vendor, or belongs to its families.</summary>
    static bool IsOfVendor(string pattern, string model, string name)
    {
        var vendor = pattern.TrimEnd('*').Trim('/', '.', ':', '-');
        vendor = vendor[(vendor.LastIndexOfAny(['/', '.', ':']) + 1)..];
        return model.Split('/', '.', ':').SkipLast(1).Contains(vendor)
            || families.Any(family => family.Vendor == vendor && family.Families.Any(prefix => Leads(prefix + "*", name)));
    }
}
