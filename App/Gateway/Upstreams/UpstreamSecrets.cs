using System.Runtime.CompilerServices;
using Governance.Members;
using Governance.Projects;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace Governance.Gateway.Upstreams;

/// <summary>The operator's keys for the upstreams: from the environment, or kept here encrypted with the process's key ring.</summary>
sealed class UpstreamSecrets(IDataProtectionProvider protection, EnvironmentKeys environment)
{
    /// <summary>Decrypted once for as long as the entry is in force: a call should not wait for that.</summary>
    readonly ConditionalWeakTable<UpstreamEntry, string> opened = [];
    readonly IDataProtector protector = protection.CreateProtector("Governance.Gateway.Upstream");

    public string Protect(string secret) => protector.Protect(secret);

    /// <summary>The keys that are kept encrypted, by their upstreams; null for one that cannot be read.</summary>
    /// <param name="ringOpens">False where the ring cannot be opened: nothing is tried then, because the framework would make another one.</param>
    public IReadOnlyDictionary<string, string?> ReadKept(GovernanceDb db, bool ringOpens) =>
        db.Upstreams.AsNoTracking().Where(row => row.ProtectedSecret != null).OrderBy(row => row.Id).AsEnumerable().ToDictionary(row => row.Id, row => ringOpens ? Open(row.ProtectedSecret!) : null);

    string? Open(string kept)
    {
        try
        {
            return protector.Unprotect(kept);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Why the upstream may not use the variable that it names; null where it may, or names none. The end of a sentence.</summary>
    public string? Refusal(UpstreamDefinition upstream) =>
        upstream is { Kind: not UpstreamKind.Sandbox, ApiKeyEnv: { } variable } && !environment.Allows(variable, upstream.BaseUrl) ? EnvironmentKeys.Refusal(variable, upstream.BaseUrl ?? "") : null;

    /// <summary>The key as it can stand in a header, or null with the reason in <paramref name="missing"/>. The sandbox needs none.</summary>
    public string? Find(UpstreamEntry upstream, out string? missing)
    {
        missing = null;
        if (upstream.Definition.Kind == UpstreamKind.Sandbox)
        {
            return "";
        }
        if (upstream.Definition.ApiKeyEnv is { } name)
        {
            if (Refusal(upstream.Definition) is { } refusal)
            {
                missing = refusal;
                return null;
            }
            var found = SecretText.Key(environment.Read(name), out var fault);
            missing = fault is null ? null : $"the environment variable {name} {fault}";
            return found;
        }
        if (upstream.ProtectedSecret is null)
        {
            missing = "no key has been entered";
            return null;
        }
        try
        {
            var secret = SecretText.Key(opened.GetValue(upstream, entry => protector.Unprotect(entry.ProtectedSecret!)), out var wrong);
            missing = wrong is null ? null : $"the key that is kept {wrong}; enter it again";
            return secret;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            missing = "its key cannot be decrypted with this process's key ring; enter it again";
            return null;
        }
    }
}
