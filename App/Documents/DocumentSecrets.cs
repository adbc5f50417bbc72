using System.Security.Cryptography;
using Governance.Documents.Text;
using Governance.Members;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>What the variables that a document names hold: secrets for new keys and for keys whose variable holds another one now, and first passwords.</summary>
/// <param name="Keys">By key id.</param>
/// <param name="Passwords">By e-mail in lower case; only of members who have none yet.</param>
sealed record DocumentSecrets(IReadOnlyDictionary<string, KeySecret> Keys, IReadOnlyDictionary<string, string> Passwords)
{
    public List<Problem> Problems { get; } = [];

    public List<Problem> Warnings { get; } = [];

    /// <summary>Looks at every variable that <paramref name="read"/> names; what cannot be used is a problem that names its place.</summary>
    public static DocumentSecrets Look(DocumentAccepted read, CurrentConfiguration current, GovernanceDocument after, EnvironmentKeys environment)
    {
        var keys = new Dictionary<string, KeySecret>(StringComparer.Ordinal);
        var passwords = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new DocumentSecrets(keys, passwords);
        var revoked = after.Keys.Where(key => key.Definition.Revoked).Select(key => key.Definition.Id).ToHashSet(StringComparer.Ordinal);
        var taken = current.Proofs.ToDictionary(proof => proof.Value.LookupId, proof => proof.Key, StringComparer.Ordinal);
        foreach (var entry in read.Document.Keys.Where(key => key.SecretEnv is not null && !revoked.Contains(key.Definition.Id)))
        {
            if (found.Key(entry, $"{read.PathOf(Identity.Of(entry.Definition))}.secret_env", current, taken, environment) is { } secret)
            {
                keys.Add(entry.Definition.Id, secret);
            }
        }
        foreach (var entry in read.Document.Members.Where(member => member.PasswordEnv is not null))
        {
            var named = Identity.Of(entry.Definition);
            if (found.Password(entry, $"{read.PathOf(named)}.password_env", current, environment) is { } password)
            {
                passwords.Add(named.Id, password);
            }
        }
        return found;
    }

    /// <summary>The secret that the key is to have; null where it keeps the one that it has, or cannot have this one.</summary>
    KeySecret? Key(KeyEntry entry, string path, CurrentConfiguration current, Dictionary<string, string> taken, EnvironmentKeys environment)
    {
        var (id, variable) = (entry.Definition.Id, entry.SecretEnv!);
        var known = current.Proofs.TryGetValue(id, out var proof);
        if (!environment.Allows(variable))
        {
            Unlisted(path, variable, known && entry.SecretEnv == current.All.Keys.First(key => key.Definition.Id == id).SecretEnv, $"key '{id}' keeps the secret that it has");
            return null;
        }
        var text = environment.Read(variable);
        if (known && string.IsNullOrWhiteSpace(text))
        {
            Warnings.Add(new(path, $"the environment variable {variable} is not set; key '{id}' keeps the secret that it has"));
            return null;
        }
        if (KeySecret.Parse(SecretText.Key(text, out var wrong)) is not { } secret)
        {
            Problems.Add(new(path, $"the environment variable {variable} {(wrong is null ? "" : $"{wrong}; it ")}must hold a secret of the form sk-gov-<id>-<at least 32 characters>, where <id> is a word of your choice that no other secret has, and what follows it has no hyphen"));
            return null;
        }
        if (known && CryptographicOperations.FixedTimeEquals(proof.Hash, secret.Hash))
        {
            return null;
        }
        if (taken.TryGetValue(secret.LookupId, out var other) && other != id)
        {
            Problems.Add(new(path, $"the secret in {variable} has the same public part (sk-gov-<id>-) as that of key '{other}'; every key needs a secret with an id of its own"));
            return null;
        }
        taken[secret.LookupId] = id;
        return secret;
    }

    string? Password(MemberEntry entry, string path, CurrentConfiguration current, EnvironmentKeys environment)
    {
        var (named, variable) = (Identity.Of(entry.Definition), entry.PasswordEnv!);
        var known = current.All.Members.Any(member => Identity.Of(member.Definition) == named);
        if (known && !current.WithoutPassword.Contains(named.Id))
        {
            return null;
        }
        if (!environment.Allows(variable))
        {
            Unlisted(path, variable, known, $"{entry.Definition.Email} still has no password");
            return null;
        }
        var value = SecretText.Passphrase(environment.Read(variable), out var wrong);
        if (known && string.IsNullOrEmpty(environment.Read(variable)))
        {
            Warnings.Add(new(path, $"the environment variable {variable} is not set; {entry.Definition.Email} still has no password"));
            return null;
        }
        if (MemberValidation.PasswordProblem(value, entry.Definition.Email) is not null)
        {
            Problems.Add(new(path, $"the environment variable {variable} {(wrong is null ? "" : $"{wrong}; it ")}must hold a password of at least {MemberValidation.PasswordMinLength} characters, more than three different ones, none of them a control character"));
            return null;
        }
        return value;
    }

    /// <summary>Where nothing new is asked for, the document goes on as it was.</summary>
    void Unlisted(string path, string variable, bool isOld, string stays)
    {
        var refusal = EnvironmentKeys.Refusal(variable, null);
        (isOld ? Warnings : Problems).Add(new(path, isOld ? $"{refusal}; {stays}" : refusal));
    }
}
