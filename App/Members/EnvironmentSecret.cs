namespace Governance.Members;

/// <summary>Secrets that stand in environment variables: the one place where such a variable is read. A problem names the variable, never its value.</summary>
static class EnvironmentSecret
{
    /// <summary>The variable as it is; null where it is not set.</summary>
    public static string? Read(string variable) => Environment.GetEnvironmentVariable(variable);

    public static string? Passphrase(string variable, out string? problem) => Named(variable, SecretText.Passphrase(Read(variable), out var wrong), wrong, out problem);

    static string? Named(string variable, string? secret, string? wrong, out string? problem)
    {
        problem = wrong is null ? null : $"the environment variable {variable} {wrong}";
        return secret;
    }
}
