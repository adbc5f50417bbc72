namespace Governance.Members;

/// <summary>What an e-mail address and a password must be, as sentences about what is wrong.</summary>
[Pure]
static class MemberValidation
{
    public const int PasswordMinLength = 10;
    public const int PasswordMaxLength = 200;
    public const int EmailMaxLength = 254;

    /// <summary>Null where the address has the form of one; whether it exists only mail can tell.</summary>
    public static string? EmailProblem(string? email)
    {
        var at = email?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        var wellFormed = email is { Length: <= EmailMaxLength }
            && at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1
            && email.All(character => character is > ' ' and not (',' or ';' or '<' or '>' or '"' or '\\' or (>= '\u007f' and <= '\u00a0')));
        return wellFormed ? null : "Write an e-mail address such as maria@acme.test.";
    }

    /// <summary>Length is what makes a password strong; no mix of characters is asked for.</summary>
    public static string? PasswordProblem(string? password, string? email) => password switch
    {
        null or { Length: < PasswordMinLength } => $"Use at least {PasswordMinLength} characters.",
        { Length: > PasswordMaxLength } => $"Use at most {PasswordMaxLength} characters.",
        _ when string.Equals(password, email, StringComparison.OrdinalIgnoreCase) => "Use something else than the e-mail address.",
        _ when password.Distinct().Count() < 4 => "Use more than three different characters.",
        _ => null,
    };
}
