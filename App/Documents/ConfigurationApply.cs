using System.Diagnostics;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Does what a draft plans, within one change: all of it or, where anything is refused, nothing.</summary>
sealed class ConfigurationApply(Change change, ConfigurationDraft draft, Actor actor, MemberEdits members, BudgetEdits budgets, UpstreamEdits gateway)
{
    readonly List<(string, string)> secrets = [];

    /// <summary>Members who came to be without a password.</summary>
    public List<string> WithoutPassword { get; } = [];

    GovernanceDocument After => draft.After;

    GovernanceDocument Current => draft.Current.All;

    public PlanResult Run()
    {
        Authorize();
        foreach (var step in draft.Plan.Changes.OrderBy(step => step.Noun).ThenBy(MemberOrder))
        {
            Do(step);
        }
        return draft.Plan with { Applied = true, NewSecrets = secrets };
    }

    /// <summary>A member is asked for the right anew here, and only an owner changes members by a document. What each change of a member asks for besides, <see cref="MemberEdits"/> asks.</summary>
    void Authorize()
    {
        if (actor.Kind != ActorKind.Member)
        {
            return;
        }
        var role = MemberRights.RoleOf(change, actor);
        if (role is null || !Permissions.May(role.Value, Permission.EditSettings))
        {
            throw new DocumentRefusedException(new Problem("document", "cannot be applied: you may not change the configuration any more"));
        }
        if (role != MemberRole.Owner && draft.Plan.Changes.FirstOrDefault(step => step.Noun == Noun.Member) is { } first)
        {
            throw Refused(Noun.Member, first.Id, "is changed by this document, and only an owner may apply such a one; use the page Members instead");
        }
    }

    /// <summary>Whoever becomes an owner does so before another one ceases to be: there is always one. The actor comes last, who may need the right until then.</summary>
    int MemberOrder(PlannedChange step) =>
        step.Noun != Noun.Member || MemberAfter(step.Id)?.Role == MemberRole.Owner ? 0 : string.Equals(step.Id, actor.Id, StringComparison.OrdinalIgnoreCase) ? 2 : 1;

    void Do(PlannedChange step)
    {
        switch (step.Noun)
        {
            case Noun.Workspace:
                ProjectEdits.SaveInChange(change, After.Workspace!, actor);
                break;
            case Noun.Member:
                SaveMember(step);
                break;
            case Noun.Upstream:
                SaveUpstream(step);
                break;
            case Noun.Project:
                ProjectEdits.SaveInChange(change, After.Projects.Single(project => project.Id == step.Id), actor);
                break;
            case Noun.Key:
                SaveKey(step);
                break;
            case Noun.Rule:
                PolicyEdits.SaveInChange(change, After.Rules.Single(rule => rule.Id == step.Id), actor);
                break;
            case Noun.Budget:
                budgets.SaveInChange(change, After.Budgets.Single(budget => budget.Id == step.Id), actor);
                break;
            case Noun.Route:
                SaveRoute(step);
                break;
            case Noun.Price:
                SavePrice(step);
                break;
            default:
                throw new UnreachableException();
        }
    }

    MemberDefinition? MemberAfter(string id) => After.Members.FirstOrDefault(entry => Identity.Of(entry.Definition).Id == id)?.Definition;

    void SaveMember(PlannedChange step)
    {
        var password = draft.Secrets.Passwords.GetValueOrDefault(step.Id);
        var outcome = MemberAfter(step.Id) is { } member ? members.SaveInChange(change, member, password, actor) : members.RemoveInChange(change, step.Id, actor);
        if (outcome is not (MemberEdits.Outcome.Done or MemberEdits.Outcome.Unchanged))
        {
            throw Refused(Noun.Member, step.Id, outcome switch
            {
                MemberEdits.Outcome.LastOwner => "is the last owner and stays one; make somebody else an owner first",
                MemberEdits.Outcome.NotAllowed => "may be changed by an owner only",
                _ => $"cannot be saved: {outcome}",
            });
        }
        if (step.Kind == ChangeKind.Create && password is null)
        {
            WithoutPassword.Add(MemberAfter(step.Id)!.Email);
        }
        else if (step.Kind == ChangeKind.Update && password is not null)
        {
            members.SetFirstPasswordInChange(change, step.Id, () => members.Hash(password), actor, "from the variable that the document names");
        }
    }

    void SaveUpstream(PlannedChange step)
    {
        if (After.Upstreams.FirstOrDefault(upstream => upstream.Id == step.Id) is { } upstream)
        {
            gateway.SaveInChange(change, upstream, null, actor);
            return;
        }
        UpstreamEdits.RemoveInChange(change, Current.Upstreams.Single(known => known.Id == step.Id), actor);
    }

    void SaveKey(PlannedChange step)
    {
        var key = After.Keys.Single(entry => entry.Definition.Id == step.Id).Definition;
        var given = draft.Secrets.Keys.GetValueOrDefault(step.Id);
        if (step.Kind != ChangeKind.Create)
        {
            ProjectEdits.SaveInChange(change, key, actor);
            if (given is not null && !ProjectEdits.RotateKeyInChange(change, step.Id, given, actor))
            {
                throw Refused(Noun.Key, step.Id, "cannot have this secret: its public part belongs to another key", ".secret_env");
            }
            return;
        }
        var secret = given ?? KeySecret.Create();
        if (ProjectEdits.CreateKeyInChange(change, key, secret, actor) is null)
        {
            throw Refused(Noun.Key, step.Id, "cannot be created: its id, or the public part of its secret, is taken");
        }
        if (given is null && !key.Revoked)
        {
            secrets.Add((step.Id, secret.Text));
        }
    }

    void SaveRoute(PlannedChange step)
    {
        if (step.Kind == ChangeKind.Remove)
        {
            PolicyEdits.RemoveInChange(change, Current.Routes.Single(route => Identity.Of(route).Id == step.Id), actor);
            return;
        }
        PolicyEdits.SaveInChange(change, After.Routes.Single(route => Identity.Of(route).Id == step.Id), actor);
    }

    void SavePrice(PlannedChange step)
    {
        if (step.Kind == ChangeKind.Remove)
        {
            PriceEdits.RemoveInChange(change, Current.Prices.Single(price => Identity.Of(price).Id == step.Id), actor);
            return;
        }
        PriceEdits.SaveInChange(change, After.Prices.Single(price => Identity.Of(price).Id == step.Id), actor);
    }

    DocumentRefusedException Refused(Noun noun, string id, string message, string field = "") =>
        new(new Problem(draft.Read.PathOf(new(noun, id)) + field, message));
}

/// <summary>What a document says was refused where it was to be written; nothing of it is in force.</summary>
sealed class DocumentRefusedException(Problem problem) : Exception($"{problem.Path}: {problem.Message}")
{
    public Problem Problem => problem;
}
