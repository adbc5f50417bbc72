using System.Text;
using Governance.Documents.Text;

namespace Governance.Documents;

/// <summary>The configuration in force as a document that sets up another machine, with a word at its head on everything that cannot stand in it.</summary>
static class ExportText
{
    public static string Of(CurrentConfiguration current)
    {
        var notes = new List<string>();
        var document = Portable(current.InForce(), notes);
        notes.AddRange(document.Keys.Where(key => key.SecretEnv is null && !key.Definition.Revoked).Select(key =>
            $"key {key.Definition.Id} ({key.Definition.Project}): its secret was made here and cannot be exported. A new one is made there and printed once; to go on with the same one, name a variable that holds it with secret_env."));
        if (document.Members.Count > 0)
        {
            notes.Add("members: passwords cannot be exported. Everybody without password_env gets a one-time sign-in link, printed at the start.");
        }
        notes.AddRange(current.KeptProviderKeys.Select(id => $"upstream {id}: the provider's key that was entered here stays here. Enter it again there, or name a variable that holds it with api_key_env."));
        var text = DocumentWriter.Write(document);
        notes.AddRange(Faults(text).Select(fault => $"this would not be accepted there: {fault}"));
        var head = new StringBuilder();
        if (notes.Count > 0)
        {
            head.Append("# Secrets never stand in this document. On a machine without this database:\n");
            notes.ForEach(note => head.Append("# - ").Append(note).Append('\n'));
        }
        return head + text;
    }

    /// <summary>Without references to what was removed here and so would be missing there.</summary>
    static GovernanceDocument Portable(GovernanceDocument document, List<string> notes)
    {
        var members = document.Members.Select(member => Identity.Of(member.Definition).Id).ToHashSet(StringComparer.Ordinal);
        var upstreams = document.Upstreams.Select(upstream => upstream.Id).ToHashSet(StringComparer.Ordinal);
        return document with
        {
            Projects = [.. document.Projects.Select(project =>
            {
                if (project.Owner is { } owner && !members.Contains(owner.ToLowerInvariant()))
                {
                    notes.Add($"project {project.Id}: its owner {owner} is no longer a member and is left out.");
                    project = project with { Owner = null, AlertEmail = project.AlertEmail ?? owner };
                }
                var gone = project.Upstreams.Where(id => !upstreams.Contains(id)).ToList();
                if (gone.Count > 0)
                {
                    notes.Add($"project {project.Id}: its upstream {string.Join(", ", gone)} is no longer there and is left out.");
                    project = project with { Upstreams = [.. project.Upstreams.Except(gone)], Stopped = project.Stopped || project.Upstreams.Count == gone.Count };
                }
                return project;
            })],
        };
    }

    static IEnumerable<string> Faults(string text) => DocumentReader.Read(text) switch
    {
        DocumentRejected rejected => rejected.Problems.Select(problem => $"{problem.Path}: {problem.Message}"),
        DocumentAccepted accepted => DocumentReferences.Problems(accepted, new()).Select(problem => $"{problem.Path}: {problem.Message}"),
        _ => [],
    };
}
