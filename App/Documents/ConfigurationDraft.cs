using Governance.Documents.Text;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>A document that was read and held against what is configured: what it would do, and everything that doing it needs.</summary>
sealed record ConfigurationDraft(PlanResult Plan, DocumentAccepted Read, CurrentConfiguration Current, GovernanceDocument After, DocumentSecrets Secrets)
{
    /// <summary>The draft, or the plan that says why there is none.</summary>
    /// <param name="atStart">A start repeats a document that may be old: it holds to what was done by hand since, and goes on.</param>
    public static (ConfigurationDraft? Draft, PlanResult Plan) Of(string text, CurrentConfiguration current, bool atStart, EnvironmentKeys environment)
    {
        var read = DocumentReader.Read(text);
        if (read is not DocumentAccepted accepted)
        {
            return (null, PlanResult.Rejected(((DocumentRejected)read).Problems));
        }
        var warnings = new List<Problem>();
        if (atStart)
        {
            accepted = StartTolerance.Adapt(accepted, current, warnings);
        }
        var document = accepted.Document;
        var after = ConfigurationMerge.After(current.All, document);
        var secrets = DocumentSecrets.Look(accepted, current, after, environment);
        List<Problem> problems = [.. DocumentReferences.Problems(accepted, current.All, current.FormerMembers), .. secrets.Problems, .. Unlisted(accepted, current, environment)];
        if (problems.Count > 0)
        {
            return (null, PlanResult.Rejected(problems));
        }
        var changes = WithSecrets(ConfigurationPlan.Between(current.All, document, PriceList.Book), document, current, secrets);
        warnings.AddRange(secrets.Warnings);
        warnings.AddRange(RevokedKeys(accepted, current));
        warnings.AddRange(FormerOwners(accepted, current));
        warnings.AddRange(UnknownNames.Warnings(document, after.Prices, accepted.PathOf));
        warnings.AddRange(UnknownNames.Twins(document, after.Prices, accepted.PathOf));
        warnings.AddRange(UpstreamWarnings.Of(document.Upstreams, accepted.PathOf));
        if (!atStart)
        {
            // A start says it of every upstream, whoever entered it.
            warnings.AddRange(ProviderKeys(accepted, environment));
        }
        var plan = new PlanResult([], changes, false, []) { Warnings = warnings, Notes = PlanNotes.Of(accepted, current.All, current.InForce(), changes) };
        return (new ConfigurationDraft(plan, accepted, current, after, secrets), plan);
    }

    /// <summary>Adds what changes because a variable holds something new.</summary>
    static List<PlannedChange> WithSecrets(IReadOnlyList<PlannedChange> changes, GovernanceDocument document, CurrentConfiguration current, DocumentSecrets secrets)
    {
        var all = changes.ToList();
        foreach (var entry in document.Keys.Where(key => secrets.Keys.ContainsKey(key.Definition.Id) && current.Proofs.ContainsKey(key.Definition.Id)))
        {
            var (id, hint) = (entry.Definition.Id, secrets.Keys[entry.Definition.Id].Hint);
            Add(all, new(ChangeKind.Update, Noun.Key, id, $"Key {id} gets the secret that {entry.SecretEnv} holds now; the former one no longer opens.",
                [new FieldChange("secret", $"…{current.Proofs[id].Hint}", $"…{hint}")]));
        }
        var created = changes.Where(change => change is { Kind: ChangeKind.Create, Noun: Noun.Member }).Select(change => change.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in document.Members.Where(member => secrets.Passwords.ContainsKey(Identity.Of(member.Definition).Id) && !created.Contains(Identity.Of(member.Definition).Id)))
        {
            Add(all, new(ChangeKind.Update, Noun.Member, Identity.Of(entry.Definition).Id, $"{entry.Definition.Email} gets a first password, read from {entry.PasswordEnv}.", []));
        }
        return all;
    }

    static void Add(List<PlannedChange> changes, PlannedChange further)
    {
        var at = changes.FindIndex(change => change.Noun == further.Noun && change.Id == further.Id);
        if (at < 0)
        {
            changes.Add(further);
            return;
        }
        changes[at] = changes[at] with { Sentence = $"{changes[at].Sentence} {further.Sentence}", Fields = [.. changes[at].Fields, .. further.Fields] };
    }

    /// <summary>Variables that are not for the host that they are named with. One that was there before stays as it is: its calls are refused all the same.</summary>
    static IEnumerable<Problem> Unlisted(DocumentAccepted read, CurrentConfiguration current, EnvironmentKeys environment) =>
        from upstream in read.Document.Upstreams
        where upstream is { Kind: not UpstreamKind.Sandbox, ApiKeyEnv: not null } && !environment.Allows(upstream.ApiKeyEnv, upstream.BaseUrl)
            && !current.All.Upstreams.Any(known => known.Id == upstream.Id && known.ApiKeyEnv == upstream.ApiKeyEnv && known.BaseUrl == upstream.BaseUrl)
        select new Problem($"{read.PathOf(Identity.Of(upstream))}.api_key_env", EnvironmentKeys.Refusal(upstream.ApiKeyEnv!, upstream.BaseUrl ?? ""));

    /// <summary>Variables of provider keys that hold none that could be sent.</summary>
    static IEnumerable<Problem> ProviderKeys(DocumentAccepted read, EnvironmentKeys environment)
    {
        foreach (var upstream in read.Document.Upstreams)
        {
            if (upstream is not { Kind: not UpstreamKind.Sandbox, ApiKeyEnv: { } variable })
            {
                continue;
            }
            if (!environment.Allows(variable, upstream.BaseUrl))
            {
                yield return new Problem($"{read.PathOf(Identity.Of(upstream))}.api_key_env", $"{EnvironmentKeys.Refusal(variable, upstream.BaseUrl ?? "")}; calls to the upstream '{upstream.Id}' are refused until then");
            }
            else if (SecretText.Key(environment.Read(variable), out var wrong) is null)
            {
                yield return new Problem($"{read.PathOf(Identity.Of(upstream))}.api_key_env", $"the environment variable {variable} {wrong}; calls to the upstream '{upstream.Id}' are refused until it holds its key");
            }
        }
    }

    static IEnumerable<Problem> RevokedKeys(DocumentAccepted read, CurrentConfiguration current)
    {
        var revoked = current.All.Keys.Where(key => key.Definition.Revoked).Select(key => key.Definition.Id).ToHashSet(StringComparer.Ordinal);
        return read.Document.Keys.Where(key => !key.Definition.Revoked && revoked.Contains(key.Definition.Id))
            .Select(key => new Problem(read.PathOf(Identity.Of(key.Definition)), $"key '{key.Definition.Id}' was revoked and stays revoked; give a new key another id"));
    }

    static IEnumerable<Problem> FormerOwners(DocumentAccepted read, CurrentConfiguration current)
    {
        var members = read.Document.Members.Concat(current.All.Members).Select(member => Identity.Of(member.Definition).Id).ToHashSet(StringComparer.Ordinal);
        return from project in read.Document.Projects
               where project.Owner is { } owner && !members.Contains(owner.ToLowerInvariant())
               select new Problem($"{read.PathOf(Identity.Of(project))}.owner", $"{project.Owner} is no longer a member; the project's warnings still go to that address{(project.AlertEmail is null ? "" : " unless alert_email says otherwise")}");
    }
}
