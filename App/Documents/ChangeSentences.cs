using Governance.Audit;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>What a change of anything but a rule, route or budget means, as plain text; those have sentences of their own.</summary>
[Pure]
static class ChangeSentences
{
    public static string Workspace(WorkspaceDefinition? before, WorkspaceDefinition? after, IReadOnlyList<FieldChange> fields) => (before, after) switch
    {
        (null, { } added) => $"Workspace {added.Id} created: {added.Name}, plan {Words.Of(added.Plan)}.",
        ({ } removed, null) => $"Workspace {removed.Id} removed.",
        _ => Changed($"workspace {after!.Id}", fields),
    };

    public static string Member(MemberDefinition? before, MemberDefinition? after, string? passwordEnv, IReadOnlyList<FieldChange> fields) => (before, after) switch
    {
        (null, { } added) => $"{added.Email} becomes a member as {Words.Of(added.Role)}"
            + (passwordEnv is null ? ", and sets a password with a one-time sign-in link." : $"; the first password is read from {passwordEnv}."),
        ({ } removed, null) => $"{removed.Email} is no longer a member.",
        _ => Changed(after!.Email, fields),
    };

    public static string Upstream(UpstreamDefinition? before, UpstreamDefinition? after, IReadOnlyList<FieldChange> fields)
    {
        if (before is null || after is null)
        {
            return before is not null ? $"Upstream {before.Id} removed."
                : $"Upstream {after!.Id} created: {Words.Of(after.Kind)}{(after.BaseUrl is null ? "" : $" at {after.BaseUrl}")}.";
        }
        var cleared = before.BaseUrl != after.BaseUrl ? " A provider key stored for the old address is cleared." : "";
        return Changed($"upstream {after.Id}", fields) + cleared;
    }

    public static string Project(ProjectDefinition? before, ProjectDefinition? after, IReadOnlyList<FieldChange> fields) => (before, after) switch
    {
        (null, { } added) => $"Project {added.Id} created: {added.Name}{(added.Owner is null ? "" : $", owned by {added.Owner}")}{(added.Stopped ? ", stopped" : "")}.",
        ({ } removed, null) => $"Project {removed.Id} removed.",
        _ => Changed($"project {after!.Id}", fields),
    };

    public static string Key(KeyDefinition? before, KeyDefinition? after, string? secretEnv, IReadOnlyList<FieldChange> fields) => (before, after) switch
    {
        (null, { Revoked: true } added) => $"Key {added.Id} of project {added.Project} created, revoked: nothing opens it.",
        (null, { } added) => $"Key {added.Id} of project {added.Project} created; its secret is "
            + (secretEnv is null ? "generated and shown once." : $"read from {secretEnv}."),
        ({ } removed, null) => $"Key {removed.Id} of project {removed.Project} removed.",
        _ => Changed($"key {after!.Id}", fields),
    };

    /// <param name="shipped">The book that the correction is laid over; null leaves out what the correction keeps and hides.</param>
    public static string Price(PriceOverlay? before, PriceOverlay? after, IReadOnlyList<FieldChange> fields, PriceBook? shipped)
    {
        var price = (after ?? before)!;
        var since = price.EffectiveFrom is { } from ? $" from {Phrases.Day(from)}" : "";
        var subject = $"{price.Model} ({price.Vendor}){since}";
        var corrected = shipped?.Uncorrected(price.Vendor, price.Model, price.EffectiveFrom ?? DateTimeOffset.MaxValue);
        var sentence = (before, after) switch
        {
            (null, { IsComplete: true }) => $"Price of {subject} set to {Rate(price.Rates.Input!.Value)} for a million input tokens and {Rate(price.Rates.Output!.Value)} for a million output tokens.",
            (null, _) => $"Price of {subject} corrected: {string.Join(", ", fields.Where(field => field.Name is not ("model" or "vendor" or "effective_from" or "effective_until")).Select(field => $"{field.Name.Replace("usd_per_million.", "", StringComparison.Ordinal)} {field.After}"))}.",
            (_, null) => $"Price of {subject} removed; the shipped price holds again where there is one.",
            _ => Changed($"the price of {subject}", fields),
        };
        return after is null || shipped is null ? sentence : string.Join(" ", [sentence, .. after.Hides(corrected), .. corrected is null ? [] : new[] { "Everything that it does not name stays as it is shipped." }]);
    }

    static string Changed(string subject, IReadOnlyList<FieldChange> fields) => string.Join(" ", fields.Select(field => Changed(subject, field)));

    static string Changed(string subject, FieldChange field) => field switch
    {
        { Name: "stopped", After: "true" } => $"{Capital(subject)} is stopped: its calls are refused.",
        { Name: "secret_env", After: { } variable } => $"The secret of {subject} is read from {variable}.",
        { Name: "stopped" } => $"{Capital(subject)} is no longer stopped.",
        { Name: "revoked", After: "true" } => $"{Capital(subject)} is revoked for ever.",
        { Before: null } => $"{Label(field.Name)} of {subject} set to {field.After}.",
        { After: null } => $"{Label(field.Name)} of {subject} cleared (was {field.Before}).",
        _ => $"{Label(field.Name)} of {subject} changed from {field.Before} to {field.After}.",
    };

    static string Label(string name) => Capital(name.Replace('_', ' ').Replace(".", ", ", StringComparison.Ordinal));

    // An address is not a sentence's first word.
    static string Capital(string text) => text.Contains('@', StringComparison.Ordinal) ? text : char.ToUpperInvariant(text[0]) + text[1..];

    static string Rate(long picos) => "$" + new Money(picos * 1000).ToPlain();
}
