using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Governance.Audit;
using Governance.Budgets;
using Governance.Documents.Text;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;

namespace Governance.Documents;

/// <summary>The one document: exported, planned, applied. Applying is one change: all of it or nothing, and every part of it is in the trail.</summary>
sealed class ConfigurationEdits(JournalWriter journal, Reads reads, MemberEdits members, SignInLinks links, BudgetEdits budgets, UpstreamEdits gateway, EnvironmentKeys environment)
{
    const string Loaded = "configuration.loaded";

    /// <summary>Checking a password takes time on purpose; nobody names more people with one in a document.</summary>
    const int MaxPasswordsChecked = 50;

    /// <summary>The document, for somebody whom the trail names first: what cannot be told is not given out.</summary>
    public async Task<string> ExportAsync(Actor actor)
    {
        await journal.AppendAsync(AccessEvents.Exported(actor));
        await using var db = reads.Open();
        return ExportText.Of(CurrentConfiguration.Read(db));
    }

    /// <summary>Everything that is configured at this instant.</summary>
    public CurrentConfiguration Read()
    {
        using var db = reads.Open();
        return CurrentConfiguration.Read(db);
    }

    /// <summary>What the document would do. Writes nothing.</summary>
    public Task<PlanResult> PlanAsync(string text)
    {
        var (_, plan) = ConfigurationDraft.Of(text, Read(), atStart: false, environment);
        return Task.FromResult(plan.Problems.Count > 0 ? plan : plan with { Warnings = [.. plan.Warnings, .. PasswordWarnings(text)] });
    }

    /// <summary>Does what the document says, as it stands at that instant. What the store refuses is a problem like any other.</summary>
    public async Task<PlanResult> ApplyAsync(string text, Actor actor)
    {
        if (actor.Kind == ActorKind.Bootstrap && DocumentReader.Read(text) is DocumentAccepted started)
        {
            // Whoever starts the process says by this document which variables may be used, and for whom.
            environment.Trust(Variables(started.Document));
        }
        try
        {
            return await journal.ChangeAsync(change => Apply(change, text, actor));
        }
        catch (DocumentRefusedException refused)
        {
            return PlanResult.Rejected([refused.Problem]);
        }
        catch (ArgumentException refused)
        {
            return PlanResult.Rejected([new Problem("document", refused.Message)]);
        }
        catch (DbUpdateException exception) when (exception.InnerException is DbException inner)
        {
            return StoreFailure.Is(inner) || StoreFailure.IsAway(inner) ? throw new StoreUnavailableException(inner.Message, inner)
                : PlanResult.Rejected([new Problem("document", $"the database refuses it, and nothing was changed: {inner.Message}")]);
        }
    }

    /// <summary>Variables that hold another password than the one that their member has: a first password is set once.</summary>
    public IReadOnlyList<Problem> PasswordWarnings(string text)
    {
        if (DocumentReader.Read(text) is not DocumentAccepted read)
        {
            return [];
        }
        using var db = reads.Open();
        var people = db.Users.Where(member => !member.Removed).ToList();
        return
        [
            .. from entry in read.Document.Members.Where(member => member.PasswordEnv is not null).Take(MaxPasswordsChecked)
               let value = SecretText.Passphrase(environment.Read(entry.PasswordEnv!), out _)
               let member = people.Find(member => string.Equals(member.Email, entry.Definition.Email, StringComparison.OrdinalIgnoreCase))
               where !string.IsNullOrEmpty(value) && members.IsPassword(member, value) == false
               select new Problem($"{read.PathOf(Identity.Of(entry.Definition))}.password_env",
                   $"{entry.PasswordEnv} holds another password than the one in force, which stays: this is only the first one. It is changed under Members"),
        ];
    }

    /// <summary>Whether this very text was loaded at a start before: it was right then.</summary>
    public bool WasLoaded(string text)
    {
        using var db = reads.Open();
        return IsLoaded(db, HashOf(text));
    }

    /// <summary>Writes down that a document which was in force could not be loaded again, and why.</summary>
    public Task<bool> TellNotLoadedAsync(string text, IReadOnlyList<Problem> problems) => journal.ChangeAsync(change =>
    {
        change.Append(Told("configuration.not_loaded", HashOf(text), $"The start-up document was not loaded again: {problems[0].Path}: {problems[0].Message}") with
        {
            Details = AuditJson.Element(new { problems }),
        });
        return true;
    });

    PlanResult Apply(Change change, string text, Actor actor)
    {
        var atStart = actor.Kind == ActorKind.Bootstrap;
        var (draft, plan) = ConfigurationDraft.Of(text, CurrentConfiguration.Read(change.Db), atStart, environment);
        if (draft is null)
        {
            return plan;
        }
        var work = new ConfigurationApply(change, draft, actor, members, budgets, gateway);
        var result = work.Run();
        if (!atStart)
        {
            return result with { SignInLinks = [.. work.WithoutPassword.Select(email => links.CreateInChange(change, email, actor)).OfType<SignInLink>()] };
        }
        if (!IsLoaded(change.Db, HashOf(text)))
        {
            change.Append(Told(Loaded, HashOf(text), "A start-up document was loaded for the first time."));
        }
        return result;
    }

    static IEnumerable<(string Variable, string? Address)> Variables(GovernanceDocument document) =>
    [
        .. document.Upstreams.Where(upstream => upstream is { ApiKeyEnv: not null, BaseUrl: not null }).Select(upstream => (upstream.ApiKeyEnv!, upstream.BaseUrl)),
        .. document.Keys.Where(key => key.SecretEnv is not null).Select(key => (key.SecretEnv!, (string?)null)),
        .. document.Members.Where(member => member.PasswordEnv is not null).Select(member => (member.PasswordEnv!, (string?)null)),
    ];

    static bool IsLoaded(GovernanceDb db, string hash) => db.Audit.Any(row => row.Chain == AuditEvent.SystemChain && row.Action == Loaded && row.TargetId == hash);

    static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static AuditEvent Told(string action, string hash, string sentence) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = action,
        Actor = Actor.Bootstrap,
        TargetKind = "configuration",
        TargetId = hash,
        Sentence = sentence,
    };
}
