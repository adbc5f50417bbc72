using Governance.Members;

namespace Governance.Operations.Commands;

/// <summary>Who runs a command, for the trail: the user of the process, and whoever became that user by sudo.</summary>
static class CommandUser
{
    const string SudoVariable = "SUDO_USER";
    const int MaxLength = 64;

    public static string Name => Of(EnvironmentSecret.Read(SudoVariable), Environment.UserName);

    /// <param name="before">Who gave the command, as sudo or the script of docs/deploying.md says; null or something that is no user's name where nobody does.</param>
    /// <param name="user">Whose rights the process has.</param>
    public static string Of(string? before, string user) =>
        before is { Length: > 0 and <= MaxLength } && before != user && before.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '@' or '\\' or '+') ? $"{before} (as {user})" : user;
}
