using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Governance.Audit;
using Governance.Members;
using Governance.Projects;

namespace Governance.Documents.Text;

/// <summary>Reads single values strictly: what is not of the type asked for is a fault that says how to write it.</summary>
[Pure]
static class Scalars
{
    public const int TextMaximum = 200;
    const int AmountDigitsMaximum = 24;
    const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    static readonly Regex Variable = new(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z", Linear);
    static readonly Regex Number = new(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z|\A0[xo][0-9A-Fa-f]+\z|\A[-+]?\.(inf|Inf|INF)\z|\A\.(nan|NaN|NAN)\z", Linear);
    static readonly Regex Offset = new(@"T.*(Z|[-+][0-9]{2}:[0-9]{2})\z", Linear);

    /// <summary>Whether this word without quotes would be a number, a truth value or nothing.</summary>
    public static bool NeedsQuotes(string text) =>
        Number.IsMatch(text) || text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE" || new DocumentScalar(text, false).IsNull;

    public static string? Text(DocumentNode node, string path, Reading reading, int maximum = TextMaximum, bool lines = false)
    {
        reading.Catalog?.Describe(path, "text", string.Create(CultureInfo.InvariantCulture, $"up to {maximum} characters{(lines ? ", several lines" : "")}"));
        if (node is not DocumentScalar scalar)
        {
            reading.Fault(path, $"expected a text, not a {Kind(node)}");
            return null;
        }
        if (!scalar.Quoted && NeedsQuotes(scalar.Text))
        {
            reading.Fault(path, $"expected a text; put it in quotes: \"{DocumentPath.Shown(scalar.Text)}\"");
            return null;
        }
        var text = lines ? scalar.Text.Trim() : scalar.Text;
        if (text.Length > 0 && text.EnumerateRunes().All(letter => Rune.GetUnicodeCategory(letter) == UnicodeCategory.Format))
        {
            reading.Fault(path, "holds nothing that can be seen");
            return null;
        }
        if (text.Length == 0 || text.Length > maximum)
        {
            reading.Fault(path, text.Length == 0 ? "is empty" : $"is longer than {maximum} characters");
            return null;
        }
        if (text != text.Trim() || text.EnumerateRunes().Any(letter => Unprintable(letter) && !(lines && letter.Value == '\n')))
        {
            reading.Fault(path, "has a blank at an end or a control character");
            return null;
        }
        return text;
    }

    public static string? Id(DocumentNode node, string path, Reading reading)
    {
        var id = Text(node, path, reading);
        reading.Catalog?.Describe(path, "id", "1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
        return Checked(id, Identifier.IsValid(id), path, reading, $"is not an id: {Identifier.Rule}");
    }

    public static string? Email(DocumentNode node, string path, Reading reading)
    {
        var email = Text(node, path, reading, 254);
        reading.Catalog?.Describe(path, "e-mail address", "up to 254 characters");
        return Checked(email, MemberValidation.EmailProblem(email) is null, path, reading, "is not an e-mail address");
    }

    /// <summary>A model or a pattern of models.</summary>
    public static string? Model(DocumentNode node, string path, Reading reading, bool pattern)
    {
        var model = Text(node, path, reading);
        reading.Catalog?.Describe(path, "model", pattern ? "an id, a family (claude-opus) or a pattern with *" : "one model by its id; no pattern, not auto");
        var good = model is not null && !model.Any(char.IsWhiteSpace) && (pattern || (!model.Contains('*', StringComparison.Ordinal) && !model.Equals("auto", StringComparison.OrdinalIgnoreCase)));
        return Checked(model, good, path, reading, pattern ? "is not the name or pattern of a model" : "is not the name of one model");
    }

    /// <summary>The name of an environment variable. The value is never repeated in a message: it may be a secret put there by mistake.</summary>
    public static string? Environment(DocumentNode node, string path, Reading reading)
    {
        reading.Catalog?.Describe(path, "name of an environment variable");
        if (node is DocumentScalar scalar && (scalar.Quoted || !NeedsQuotes(scalar.Text)) && Variable.IsMatch(scalar.Text))
        {
            return scalar.Text;
        }
        reading.Fault(path, "expected the name of an environment variable; secrets never stand in this document");
        return null;
    }

    public static bool? Truth(DocumentNode node, string path, Reading reading)
    {
        reading.Catalog?.Describe(path, "truth value", "true, false");
        switch (node)
        {
            case DocumentScalar { Quoted: false, Text: "true" }: return true;
            case DocumentScalar { Quoted: false, Text: "false" }: return false;
            default:
                reading.Fault(path, "expected true or false, without quotes");
                return null;
        }
    }

    public static long? Whole(DocumentNode node, string path, Reading reading, long minimum, long maximum)
    {
        reading.Catalog?.Describe(path, "whole number", string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"));
        if (node is DocumentScalar { Quoted: false } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= minimum && number <= maximum)
            {
                return number;
            }
            reading.Fault(path, string.Create(CultureInfo.InvariantCulture, $"{number} is not between {minimum} and {maximum}"));
            return null;
        }
        reading.Fault(path, "expected a whole number, without quotes");
        return null;
    }

    /// <summary>A decimal of at least 0 that is written as a text, with at most so many decimals.</summary>
    public static decimal? Amount(DocumentNode node, string path, Reading reading, int decimals, decimal maximum)
    {
        reading.Catalog?.Describe(path, "decimal, in quotes", string.Create(CultureInfo.InvariantCulture, $"\"0\" to \"{maximum}\", at most {decimals} decimals"));
        if (node is not DocumentScalar { Quoted: true } scalar)
        {
            var shown = node is DocumentScalar plain && Number.IsMatch(plain.Text) ? plain.Text : "50.00";
            reading.Fault(path, $"expected an amount as a decimal string; put it in quotes: \"{DocumentPath.Shown(shown)}\"");
            return null;
        }
        if (scalar.Text.Length > AmountDigitsMaximum || !scalar.Text.All(letter => char.IsAsciiDigit(letter) || letter is '.' or '-')
            || !decimal.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
        {
            reading.Fault(path, $"'{DocumentPath.Shown(scalar.Text)}' is not a decimal such as \"50.00\"");
            return null;
        }
        if (amount < 0 || amount > maximum || decimal.Round(amount, decimals) != amount)
        {
            reading.Fault(path, string.Create(CultureInfo.InvariantCulture, $"'{scalar.Text}' is not between 0 and {maximum} with at most {decimals} decimals"));
            return null;
        }
        return amount;
    }

    public static Money? Dollars(DocumentNode node, string path, Reading reading) =>
        Amount(node, path, reading, 9, 1_000_000_000m) is { } amount ? Money.FromUsd(amount) : null;

    /// <summary>A day (its first instant in UTC) or an instant with its offset.</summary>
    public static DateTimeOffset? Instant(DocumentNode node, string path, Reading reading)
    {
        reading.Catalog?.Describe(path, "day or instant", "2026-11-01, or 2026-11-01T08:00:00Z with its offset");
        string[] formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        if (node is DocumentScalar scalar && (!scalar.Text.Contains('T', StringComparison.Ordinal) || Offset.IsMatch(scalar.Text))
            && DateTimeOffset.TryParseExact(scalar.Text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return instant.ToUniversalTime();
        }
        reading.Fault(path, "expected a day (2026-11-01) or an instant with its offset (2026-11-01T08:00:00Z)");
        return null;
    }

    /// <param name="later">Words of the contract that this version does not know yet.</param>
    public static T? Choice<T>(DocumentNode node, string path, Reading reading, params string[] later) where T : struct, Enum
    {
        var given = Text(node, path, reading);
        reading.Catalog?.Describe(path, "word", string.Join(", ", Words.All<T>()));
        if (given is not { } text)
        {
            return null;
        }
        if (Words.TryParse<T>(text, out var value))
        {
            return value;
        }
        var words = Words.All<T>();
        if (later.Contains(text))
        {
            reading.Later(path, $"'{text}'");
        }
        else
        {
            reading.Fault(path, $"'{DocumentPath.Shown(text)}' is not one of {string.Join(", ", words)}{Words.Suggestion(text, words)}");
        }
        return null;
    }

    public static string Kind(DocumentNode node) => node switch { DocumentMap => "mapping", DocumentList => "list", _ => "single value" };

    // U+FFFD is also what half a surrogate pair reads as.
    static bool Unprintable(Rune letter) => Rune.IsControl(letter) || letter.Value is 0x2028 or 0x2029 or 0xFEFF or 0xFFFD;

    static string? Checked(string? text, bool good, string path, Reading reading, string message)
    {
        if (text is not null && !good)
        {
            reading.Fault(path, $"'{DocumentPath.Shown(text)}' {message}");
            return null;
        }
        return text;
    }
}
