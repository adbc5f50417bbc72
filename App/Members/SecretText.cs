namespace Governance.Members;

/// <summary>Makes a secret that somebody typed, stored or put into the environment fit for use, or says what is wrong with it; never what it is.</summary>
[Pure]
static class SecretText
{
    /// <summary>
    /// A key, which travels in a header: blanks and line breaks around it go, because a file that is read into a variable ends in one;
    /// inside only visible ASCII is taken. The problem is the end of a sentence that names where the text came from.
    /// </summary>
    public static string? Key(string? text, out string? problem)
    {
        var secret = text?.Trim();
        problem = Problem(text, secret, passphrase: false);
        return problem is null ? secret : null;
    }

    /// <summary>A password or passphrase, which people type: only line breaks around it go. Blanks and letters of any language are part of it, control characters are not.</summary>
    public static string? Passphrase(string? text, out string? problem)
    {
        var secret = text?.Trim('\r', '\n');
        problem = Problem(text, secret, passphrase: true);
        return problem is null ? secret : null;
    }

    static string? Problem(string? text, string? secret, bool passphrase)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            return text is null ? "is not set" : text.Length == 0 ? "is empty" : "holds nothing but blanks or line breaks";
        }
        foreach (var character in secret)
        {
            if (character is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029')
            {
                return "has a line break inside";
            }
            if (char.IsControl(character))
            {
                return "has a control character inside";
            }
            if (!passphrase && character == ' ')
            {
                return "has a blank inside";
            }
            if (!passphrase && !char.IsAscii(character))
            {
                return "has a character inside that is not ASCII";
            }
        }
        return null;
    }
}
