using System.Runtime.CompilerServices;
using Governance.Projects;
using Microsoft.AspNetCore.DataProtection;

namespace Governance.Gateway;

/// <summary>The operator's keys for the upstreams: from the environment, or kept here encrypted with the process's key ring.</summary>
sealed class UpstreamSecrets(IDataProtectionProvider protection)
{
    /// <summary>Names whose values must never leave, whoever asks for it.</summary>
    static readonly string[] Reserved = ["Governance__", "ConnectionStrings__", "ASPNETCORE_", "DOTNET_"];

    /// <summary>Decrypted once for as long as the entry is in force: a call should not wait for that.</summary>
    readonly ConditionalWeakTable<UpstreamEntry, string> opened = [];
    readonly IDataProtector protector = protection.CreateProtector("Governance.Gateway.Upstream");

    public string Protect(string secret) => protector.Protect(secret);

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
            if (Reserved.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                missing = $"the environment variable {name} is this program's own and is never sent anywhere";
                return null;
            }
            return EnvironmentSecret.Key(name, out missing);
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
