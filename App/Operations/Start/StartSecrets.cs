using Governance.Documents;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Projects;

namespace Governance.Operations.Start;

/// <summary>What is wrong with the secrets that a process is started with, told once, before anybody needs them.</summary>
static class StartSecrets
{
    const string ManagementKey = ManagementEndpoints.KeySetting;

    /// <summary>Of the management key, which opens the whole configuration.</summary>
    const int MinKeyLength = 16;

    /// <summary>Of the setup token, which is of use only until there is an owner and may be tried a few times a minute.</summary>
    const int MinTokenLength = 8;

    /// <summary>Settings that can be right for nobody: the process must not start with them. One that is empty says nothing.</summary>
    public static IEnumerable<Problem> Faults(IConfiguration configuration)
    {
        if (configuration[ManagementKey] is { Length: > 0 } key && SecretText.Key(key, out var ofKey) is null)
        {
            yield return new Problem(ManagementKey, $"{ofKey}; write a long random text of letters and digits, or leave it out.");
        }
        else if (configuration[ManagementKey] is { } given && given.Trim() is { Length: > 0 and < MinKeyLength })
        {
            yield return new Problem(ManagementKey, $"is shorter than {MinKeyLength} characters and could be guessed; write a long random text of letters and digits, or leave it out.");
        }
        if (configuration[FirstRun.TokenSetting] is { Length: > 0 } token && SecretText.Passphrase(token, out var ofToken) is null)
        {
            yield return new Problem(FirstRun.TokenSetting, $"{ofToken}; write a long random text, or leave it out.");
        }
        else if (configuration[FirstRun.TokenSetting] is { } setup && setup.Trim() is { Length: > 0 and < MinTokenLength })
        {
            yield return new Problem(FirstRun.TokenSetting, $"is shorter than {MinTokenLength} characters and could be guessed; write a long random text, or leave it out.");
        }
    }

    /// <summary>Upstreams without a usable key, in sentences: the process starts, because the others serve, but calls to these are refused.</summary>
    public static IEnumerable<string> Missing(UpstreamShelf shelf, UpstreamSecrets secrets)
    {
        foreach (var upstream in shelf.Current.Values.OrderBy(upstream => upstream.Definition.Id, StringComparer.Ordinal))
        {
            if (secrets.Find(upstream, out var missing) is null)
            {
                yield return $"Calls to the upstream '{upstream.Definition.Id}' are refused until it has its key: {missing}.";
            }
        }
    }
}
