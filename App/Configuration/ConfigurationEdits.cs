using System.Diagnostics;
using Governance.Audit;
using Governance.Budgets;
using Governance.Gateway;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary>The one document: exported, planned, applied. Applying is one change: all of it or nothing, and every part of it is in the trail.</summary>
sealed class ConfigurationEdits(Journal journal, Reads reads, MemberEdits members, BudgetEdits budgets, GatewayEdits gateway)
{
    const int ShortestPassword = 10;

    public Task<string> ExportAsync()
    {
        using var db = reads.Open();
        return Task.FromResult(DocumentWriter.Write(CurrentConfiguration.Read(db)));
    }

    /// <summary>What the document would do. Writes nothing.</summary>
    public Task<PlanResult> PlanAsync(string text)
    {
        using var db = reads.Open();
        return Task.FromResult(Plan(text, CurrentConfiguration.Read(db)).Result);
    }

    /// <summary>Does what the document says, as it stands at that instant.</summary>
    public Task<PlanResult> ApplyAsync(string text, Actor actor) => journal.ChangeAsync(change =>
    {
        var current = CurrentConfiguration.Read(change.Db);
        var (plan, wanted) = Plan(text, current);
        if (wanted is null)
        {
            return plan;
        }
        if (Secrets(wanted, plan.Changes) is { Count: > 0 } missing)
        {
            return PlanResult.Rejected(missing);
        }
        var secrets = new List<(string, string)>();
        var after = ConfigurationMerge.After(current, wanted);
        foreach (var step in plan.Changes)
        {
            Apply(change, step, current, after, wanted, actor, secrets);
        }
        return plan with { Applied = true, NewSecrets = secrets };
    });

    static (PlanResult Result, GovernanceDocument? Wanted) Plan(string text, GovernanceDocument current)
    {
        var read = DocumentReader.Read(text);
        if (read is DocumentRejected rejected)
        {
            return (PlanResult.Rejected(rejected.Problems), null);
        }
        var accepted = (DocumentAccepted)read;
        var problems = DocumentReferences.Problems(accepted, current);
        return problems.Count > 0
            ? (PlanResult.Rejected(problems), null)
            : (new PlanResult([], ConfigurationPlan.Between(current, accepted.Document, PriceList.Book), false, []), accepted.Document);
    }

    void Apply(Change change, PlannedChange step, GovernanceDocument current, GovernanceDocument after, GovernanceDocument wanted, Actor actor, List<(string, string)> secrets)
    {
        switch (step.Noun)
        {
            case Noun.Workspace:
                ProjectEdits.SaveInChange(change, after.Workspace!, actor);
                break;
            case Noun.Member:
                SaveMember(change, after.Members.Single(entry => Identity.Of(entry.Definition).Id == step.Id).Definition, wanted, actor);
                break;
            case Noun.Upstream:
                gateway.SaveInChange(change, after.Upstreams.Single(upstream => upstream.Id == step.Id), null, actor);
                break;
            case Noun.Project:
                ProjectEdits.SaveInChange(change, after.Projects.Single(project => project.Id == step.Id), actor);
                break;
            case Noun.Key:
                SaveKey(change, step, after, wanted, actor, secrets);
                break;
            case Noun.Rule:
                PolicyEdits.SaveInChange(change, after.Rules.FirstOrDefault(rule => rule.Id == step.Id) ?? current.Rules.Single(rule => rule.Id == step.Id) with { State = RuleState.Retired }, actor);
                break;
            case Noun.Budget:
                budgets.SaveInChange(change, after.Budgets.FirstOrDefault(budget => budget.Id == step.Id) ?? current.Budgets.Single(budget => budget.Id == step.Id) with { Retired = true }, actor);
                break;
            case Noun.Route:
                SaveRoute(change, step, current, after, actor);
                break;
            case Noun.Price:
                SavePrice(change, step, current, after, actor);
                break;
            default:
                throw new UnreachableException();
        }
    }

    void SaveMember(Change change, MemberDefinition member, GovernanceDocument wanted, Actor actor)
    {
        var variable = wanted.Members.FirstOrDefault(entry => Identity.Of(entry.Definition) == Identity.Of(member))?.PasswordEnv;
        var outcome = members.SaveInChange(change, member, variable is null ? null : EnvironmentSecret.Passphrase(variable, out _), actor);
        if (outcome is not (MemberEdits.Outcome.Done or MemberEdits.Outcome.Unchanged))
        {
            throw new InvalidOperationException($"{member.Email} cannot be saved: {outcome}.");
        }
    }

    static void SaveKey(Change change, PlannedChange step, GovernanceDocument after, GovernanceDocument wanted, Actor actor, List<(string, string)> secrets)
    {
        var key = after.Keys.FirstOrDefault(entry => entry.Definition.Id == step.Id)?.Definition ?? change.Db.Keys.Find(step.Id)!.Definition with { Revoked = true };
        if (step.Kind != ChangeKind.Create)
        {
            ProjectEdits.SaveInChange(change, key, actor);
            return;
        }
        var variable = wanted.Keys.First(entry => entry.Definition.Id == step.Id).SecretEnv;
        var secret = variable is null ? KeySecret.Create() : KeySecret.Parse(EnvironmentSecret.Key(variable, out _))!;
        if (ProjectEdits.CreateKeyInChange(change, key, secret, actor) is null)
        {
            throw new InvalidOperationException($"The key '{step.Id}' cannot be created: its id or the public part of its secret is taken (a revoked key keeps its id).");
        }
        if (variable is null)
        {
            secrets.Add((step.Id, secret.Text));
        }
    }

    static void SaveRoute(Change change, PlannedChange step, GovernanceDocument current, GovernanceDocument after, Actor actor)
    {
        if (step.Kind == ChangeKind.Remove)
        {
            PolicyEdits.RemoveInChange(change, current.Routes.Single(route => Identity.Of(route).Id == step.Id), actor);
            return;
        }
        PolicyEdits.SaveInChange(change, after.Routes.Single(route => Identity.Of(route).Id == step.Id), actor);
    }

    static void SavePrice(Change change, PlannedChange step, GovernanceDocument current, GovernanceDocument after, Actor actor)
    {
        if (step.Kind == ChangeKind.Remove)
        {
            GatewayEdits.RemoveInChange(change, current.Prices.Single(price => Identity.Of(price).Id == step.Id), actor);
            return;
        }
        GatewayEdits.SaveInChange(change, after.Prices.Single(price => Identity.Of(price).Id == step.Id), actor);
    }

    /// <summary>What the environment must have before anything is applied.</summary>
    static List<Problem> Secrets(GovernanceDocument wanted, IReadOnlyList<PlannedChange> changes)
    {
        var problems = new List<Problem>();
        var created = changes.Where(change => change.Kind == ChangeKind.Create).Select(change => (change.Noun, change.Id)).ToHashSet();
        foreach (var key in wanted.Keys.Where(key => key.SecretEnv is not null && created.Contains((Noun.Key, key.Definition.Id))))
        {
            if (KeySecret.Parse(EnvironmentSecret.Key(key.SecretEnv!, out var problem)) is null)
            {
                problems.Add(new Problem($"projects.keys[{key.Definition.Id}].secret_env", $"The environment variable {key.SecretEnv} must hold a secret of the form sk-gov-<id>-<at least 32 characters>{Because(problem)}."));
            }
        }
        foreach (var member in wanted.Members.Where(member => member.PasswordEnv is not null && created.Contains((Noun.Member, Identity.Of(member.Definition).Id))))
        {
            if (EnvironmentSecret.Passphrase(member.PasswordEnv!, out var problem) is not { Length: >= ShortestPassword })
            {
                problems.Add(new Problem($"members[{member.Definition.Email}].password_env", $"The environment variable {member.PasswordEnv} must hold a password of at least {ShortestPassword} characters{Because(problem)}."));
            }
        }
        return problems;
    }

    /// <summary>What is wrong with a variable before it is looked at what it holds.</summary>
    static string Because(string? problem) => problem is null ? "" : $"; {problem}";
}
