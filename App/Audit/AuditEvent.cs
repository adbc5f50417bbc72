using System.Text.Json;

namespace Governance.Audit;

/// <summary>What kind of thing an event tells, which is also its colour in the timeline: change blue, blocked red, intervened amber, system green.</summary>
public enum AuditCategory { Change, Blocked, Intervened, System }

/// <summary>Who did it.</summary>
public enum ActorKind { Member, Key, System, Bootstrap, ManagementKey }

/// <summary>Who did it, by a name that stays readable when the person or key is gone.</summary>
[Pure]
sealed record Actor(ActorKind Kind, string Id)
{
    public static readonly Actor System = new(ActorKind.System, "system");
    public static readonly Actor Bootstrap = new(ActorKind.Bootstrap, "bootstrap");
}

/// <summary>Something that happened, as it is told to the trail. Once appended it never changes.</summary>
[Pure]
sealed record AuditEvent
{
    /// <summary>The chain that it is linked into: a project's id, <see cref="SystemChain"/> or <see cref="LedgerChain"/>.</summary>
    public required string Chain { get; init; }
    public required AuditCategory Category { get; init; }
    /// <summary>Noun and verb: <c>rule.changed</c>, <c>call.refused</c>, <c>budget.threshold_reached</c>.</summary>
    public required string Action { get; init; }
    public required Actor Actor { get; init; }
    public string? Project { get; init; }
    public required string TargetKind { get; init; }
    public required string TargetId { get; init; }
    /// <summary>One line for people.</summary>
    public required string Sentence { get; init; }
    /// <summary>The call that it belongs to, as in the response's <c>request-id</c>.</summary>
    public string? RequestId { get; init; }
    public JsonElement? Before { get; init; }
    public JsonElement? After { get; init; }
    /// <summary>The numbers of that instant: what was compared, what was held.</summary>
    public JsonElement? Details { get; init; }

    /// <summary>A change that concerns the workspace as a whole.</summary>
    public static AuditEvent OfSystem(Actor actor, string action, string targetKind, string targetId, string sentence) => new()
    {
        Chain = SystemChain,
        Category = AuditCategory.Change,
        Action = action,
        Actor = actor,
        TargetKind = targetKind,
        TargetId = targetId,
        Sentence = sentence,
    };

    /// <summary>The same with U+FFFD for every NUL in its texts, which some stores cut and some refuse: the columns must say what was hashed.</summary>
    public AuditEvent WithoutNul() => Has(Chain) || Has(Action) || Has(Actor.Id) || Has(Project) || Has(TargetKind) || Has(TargetId) || Has(Sentence) || Has(RequestId)
        ? this with
        {
            Chain = Clean(Chain),
            Action = Clean(Action),
            Actor = Actor with { Id = Clean(Actor.Id) },
            Project = Project is null ? null : Clean(Project),
            TargetKind = Clean(TargetKind),
            TargetId = Clean(TargetId),
            Sentence = Clean(Sentence),
            RequestId = RequestId is null ? null : Clean(RequestId),
        }
        : this;

    static bool Has(string? text) => text is not null && text.Contains('\0', StringComparison.Ordinal);

    static string Clean(string text) => text.Replace('\0', '\uFFFD');

    /// <summary>Begins with a character that no id begins with, so that no project can be called like it.</summary>
    public const string SystemChain = "_system";
    /// <summary>The chain that seals the usage entries of every commit.</summary>
    public const string LedgerChain = "_ledger";
}
