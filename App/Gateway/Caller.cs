using System.Text.Json;
using Governance.Gateway.Surfaces;
using Governance.Projects;

namespace Governance.Gateway;

/// <summary>Who asks: the key that was presented, its project, and what the request's headers say of the call.</summary>
sealed record Caller
{
    public required DirectoryKey Key { get; init; }
    public required ProjectDefinition Project { get; init; }
    public required WorkspaceDefinition Workspace { get; init; }
    public required Attribution For { get; init; }
    public required Mode Mode { get; init; }
    /// <summary>False where the mode is a default.</summary>
    public bool ModeStated { get; init; }
    /// <summary>The client's own id of the request, from <c>x-request-id</c>; null where it sent none that can be written into a log.</summary>
    public string? RequestId { get; init; }
    /// <summary>The client's <c>traceparent</c>; null as above.</summary>
    public string? TraceParent { get; init; }
    /// <summary>As the client stated it; null leaves it to the classifier.</summary>
    public Policies.TaskType? TaskType { get; init; }
}

/// <summary>Finds out who asks. One path for all endpoints; every doubt is a refusal.</summary>
static class CallerIdentity
{
    /// <summary>The caller, or why not. Fails closed on two different keys, an unknown, expired or revoked key; kill switches are looked at last.</summary>
    public static (Caller? Caller, Refusal? Refusal) Identify(HttpRequest request, Projects.Directory directory, DateTimeOffset now)
    {
        if (Presented(request, out var ambiguous) is not { } presented)
        {
            return (null, ambiguous ?? Refusal.Unauthorized("No key was sent. Send a virtual key (sk-gov-…) as 'Authorization: Bearer <key>' or 'x-api-key: <key>'."));
        }
        if (directory.Find(presented) is not { } key || !directory.Projects.TryGetValue(key.Definition.Project, out var project))
        {
            return (null, Refusal.Unauthorized("This key is not known here. Create one on /dashboard/keys; provider keys do not work at this address."));
        }
        if (key.Definition.Revoked)
        {
            return (null, Refusal.Unauthorized($"The key '{key.Definition.Id}' was revoked. Ask for a new one on /dashboard/keys."));
        }
        if (directory.HasExpired(key.Definition, now))
        {
            return (null, Refusal.Unauthorized($"The key '{key.Definition.Id}' expired at {key.Definition.ExpiresAt:yyyy-MM-dd HH:mm} UTC. Ask for a new one on /dashboard/keys."));
        }
        var unread = ReadHeaders(request, out var mode, out var type);
        var unnamed = Attribute(request, key.Definition, project, directory.Workspace, out var attribution);
        if ((unread ?? unnamed) is { } fault)
        {
            return (null, fault);
        }
        return (new Caller
        {
            Key = key,
            Project = project,
            Workspace = directory.Workspace,
            For = attribution,
            Mode = mode ?? key.Definition.DefaultMode ?? project.DefaultMode,
            ModeStated = mode is not null,
            TaskType = type,
            RequestId = CallHeaders.Trace(request, CallHeaders.ClientRequestId),
            TraceParent = CallHeaders.Trace(request, CallHeaders.TraceParent),
        }, null);
    }

    /// <summary>The same caller a moment later: looked up anew only where the directory has changed or the key has run out.</summary>
    public static (Caller? Caller, Refusal? Refusal) Again(HttpRequest request, Caller caller, Projects.Directory before, Projects.Directory current, DateTimeOffset now) =>
        ReferenceEquals(before, current) && !current.HasExpired(caller.Key.Definition, now) ? (caller, null) : Identify(request, current, now);

    /// <summary>What has been stopped by hand, from the widest to the narrowest; null where nothing is.</summary>
    public static string? Stopped(Caller caller) =>
        caller.Workspace.Stopped ? $"workspace '{caller.Workspace.Name}'"
        : caller.Project.Stopped ? $"project '{caller.Project.Id}'"
        : caller.Key.Definition.Stopped ? $"key '{caller.Key.Definition.Id}'"
        : null;

    /// <summary>Both headers may be sent with one value, as Claude Code's key helper does.</summary>
    static string? Presented(HttpRequest request, out Refusal? ambiguous)
    {
        var authorization = request.Headers.Authorization;
        var header = request.Headers["x-api-key"];
        ambiguous = authorization.Count > 1 || header.Count > 1 ? Refusal.Malformed("A key header was sent more than once.") : null;
        if (ambiguous is not null)
        {
            return null;
        }
        const string Bearer = "Bearer ";
        var text = authorization.ToString();
        var bearer = text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..].Trim() : null;
        var key = header.Count == 1 ? header.ToString().Trim() : null;
        if (bearer is not null && key is not null && !string.Equals(bearer, key, StringComparison.Ordinal))
        {
            ambiguous = Refusal.Malformed("'authorization' and 'x-api-key' carry different keys; send one.");
            return null;
        }
        return key ?? bearer;
    }

    static Refusal? ReadHeaders(HttpRequest request, out Mode? mode, out Policies.TaskType? type)
    {
        const string Modes = "eco, balanced, sport";
        type = null;
        Mode? older = null;
        mode = null;
        if ((CallHeaders.Protocol(request) ?? CallHeaders.Word(request, "x-governance-mode", Modes, out mode) ?? CallHeaders.Word(request, "x-prism-mode", Modes, out older)
            ?? CallHeaders.Word(request, "x-governance-task-type", "simple, code, reasoning, complex", out type)) is { } fault)
        {
            return fault;
        }
        if (mode is not null && older is not null && mode != older)
        {
            return Refusal.Malformed($"'x-governance-mode' and 'x-prism-mode' say different modes ({mode} and {older}); send one.");
        }
        mode ??= older;
        return null;
    }

    /// <summary>The headers of dimensions that the key closes are not read at all.</summary>
    static Refusal? Attribute(HttpRequest request, KeyDefinition key, ProjectDefinition project, WorkspaceDefinition workspace, out Attribution attribution)
    {
        Refusal? fault = null;
        string? Dimension(string header, string? ofKey)
        {
            var closed = key.AttributionOverride is AttributionOverride.Deny || (key.AttributionOverride is AttributionOverride.Restricted && ofKey is not null);
            if (closed || fault is not null)
            {
                return ofKey;
            }
            fault = CallHeaders.Name(request, header, CallHeaders.MaxNameLength, out var asked);
            return asked ?? ofKey;
        }
        attribution = new Attribution
        {
            Tenant = key.Attribution.Tenant ?? workspace.Id,
            Project = project.Id,
            Key = key.Id,
            Department = Dimension("x-governance-department", key.Attribution.Department ?? project.Department),
            Customer = Dimension("x-governance-customer", key.Attribution.Customer ?? project.Customer),
            Employee = Dimension("x-governance-employee", key.Attribution.Employee),
            Feature = Dimension("x-governance-feature", key.Attribution.Feature),
            Workflow = Dimension("x-governance-workflow", key.Attribution.Workflow),
        };
        var unnamed = CallHeaders.Name(request, "x-governance-session", CallHeaders.MaxSessionLength, out var session);
        attribution = attribution with { Session = session };
        return fault ?? unnamed;
    }

    /// <summary>The session that a body's user id names: Claude Code writes a JSON object there.</summary>
    public static string? SessionOf(string? userId)
    {
        if (userId is null || !userId.StartsWith('{'))
        {
            return userId;
        }
        try
        {
            using var json = JsonDocument.Parse(userId);
            return json.RootElement.TryGetProperty("session_id", out var session) && session.ValueKind == JsonValueKind.String && session.GetString() is { } named && !string.IsNullOrWhiteSpace(named) ? named : userId;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not what Claude Code writes; then the text itself names the session.
            return userId;
        }
    }

    /// <summary>Why the body cannot name its session; null where it can, or where a header does.</summary>
    public static Refusal? SessionFault(Caller caller, string? userId) =>
        caller.For.Session is null && SessionOf(userId) is { } session ? CallHeaders.NameFault("metadata.user_id", session, CallHeaders.MaxSessionLength) : null;
}
