using Governance.Documents.Text;
using Governance.Members;

namespace Governance.Documents;

/// <summary>
/// Lets a start go on with a document that was right when it was written: what was taken away by hand since then is not given back, and the
/// workspace keeps an owner. Each such thing is a warning.
/// </summary>
static class StartTolerance
{
    public static DocumentAccepted Adapt(DocumentAccepted read, CurrentConfiguration current, List<Problem> warnings)
    {
        var document = read.Document;
        foreach (var member in document.Members.Where(member => current.FormerMembers.Contains(Identity.Of(member.Definition).Id)))
        {
            warnings.Add(new(read.PathOf(Identity.Of(member.Definition)), $"{member.Definition.Email} was removed here and stays removed; an owner can add them again under Members"));
        }
        var members = document.Members.Where(member => !current.FormerMembers.Contains(Identity.Of(member.Definition).Id)).ToList();
        document = document with { Members = members };
        if (DocumentReferences.HasOwner(current.All) && !DocumentReferences.HasOwner(ConfigurationMerge.After(current.All, document)))
        {
            foreach (var owner in current.All.Members.Where(member => member.Definition.Role == MemberRole.Owner))
            {
                var named = Identity.Of(owner.Definition);
                members.RemoveAll(member => Identity.Of(member.Definition) == named);
                members.Add(owner);
                warnings.Add(new(read.PathOf(named), $"{owner.Definition.Email} stays an owner: without that the workspace would have none"));
            }
        }
        return read with { Document = document with { Members = [.. members] } };
    }
}
