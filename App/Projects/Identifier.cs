namespace Governance.Projects;

/// <summary>The form of every id that people write: <c>^[a-z0-9][a-z0-9._-]{0,63}$</c>.</summary>
[Pure]
static class Identifier
{
    public const int MaxLength = 64;

    public const string Rule = "must be 1 to 64 characters of a-z, 0-9, '.', '_' and '-', and begin with a letter or digit";

    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && (char.IsAsciiLetterLower(id[0]) || char.IsAsciiDigit(id[0])) && id.All(IsAllowed);

    static bool IsAllowed(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-';
}
