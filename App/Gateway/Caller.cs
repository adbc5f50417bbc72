using System.Text.Json;
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
    /// <summary>As the client stated it; null leaves it to the classifier.</summary>
    public Policies.TaskType? TaskType { get; init; }
}

/// <summary>Finds out who asks. One path for all endpoints; every doubt is a refusal.</summary>
static class CallerIdentity
{
    const int ScopeLengthMost = 128;

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
        if (key.Definition.ExpiresAt <= now)
        {
            return (null, Refusal.Unauthorized($"The key '{key.Definition.Id}' expired at {key.Definition.ExpiresAt:yyyy-MM-dd HH:mm} UTC. Ask for a new one on /dashboard/keys."));
        }
        if (ReadHeaders(request, key.Definition, project, out var mode, out var stated, out var type) is { } fault)
        {
            return (null, fault);
        }
        return (new Caller
        {
            Key = key,
            Project = project,
            Workspace = directory.Workspace,
            For = AttributionOf(request, key.Definition, project, directory.Workspace),
            Mode = mode,
            ModeStated = stated,
            TaskType = type,
        }, null);
    }

    /// <summary>The same caller a moment later: looked up anew only where the directory has changed or the key has run out.</summary>
    public static (Caller? Caller, Refusal? Refusal) Again(HttpRequest request, Caller caller, Projects.Directory before, Projects.Directory current, DateTimeOffset now) =>
        ReferenceEquals(before, current) && !(caller.Key.Definition.ExpiresAt <= now) ? (caller, null) : Identify(request, current, now);

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

    static Refusal? ReadHeaders(HttpRequest request, KeyDefinition key, ProjectDefinition project, out Mode mode, out bool stated, out Policies.TaskType? type)
    {
        mode = key.DefaultMode ?? project.DefaultMode;
        type = null;
        var modeText = Header(request, "x-governance-mode") ?? Header(request, "x-prism-mode");
        stated = modeText is not null;
        if (modeText is not null && !TryWord(modeText, out mode))
        {
            return Refusal.Malformed($"x-governance-mode: '{Shown(modeText)}' is none of eco, balanced, sport.");
        }
        if (Header(request, "x-governance-task-type") is { } typeText)
        {
            if (!TryWord(typeText, out Policies.TaskType known))
            {
                return Refusal.Malformed($"x-governance-task-type: '{Shown(typeText)}' is none of simple, code, reasoning, complex.");
            }
            type = known;
        }
        return null;
    }

    static Attribution AttributionOf(HttpRequest request, KeyDefinition key, ProjectDefinition project, WorkspaceDefinition workspace)
    {
        string? Dimension(string header, string? ofKey)
        {
            var asked = key.AttributionOverride switch
            {
                AttributionOverride.Deny => null,
                AttributionOverride.Restricted when ofKey is not null => null,
                _ => Header(request, header),
            };
            return asked is { Length: <= ScopeLengthMost } ? asked : ofKey;
        }
        return new Attribution
        {
            Tenant = key.Attribution.Tenant ?? workspace.Id,
            Project = project.Id,
            Key = key.Id,
            Department = Dimension("x-governance-department", key.Attribution.Department ?? project.Department),
            Customer = Dimension("x-governance-customer", key.Attribution.Customer ?? project.Customer),
            Employee = Dimension("x-governance-employee", key.Attribution.Employee),
            Feature = Dimension("x-governance-feature", key.Attribution.Feature),
            Workflow = Dimension("x-governance-workflow", key.Attribution.Workflow),
            Session = Header(request, "x-governance-session") is { Length: <= ScopeLengthMost } session ? Plain(session) : null,
        };
    }

    /// <summary>The session that a body's user id names: Claude Code writes a JSON object there.</summary>
    public static string? SessionOf(string? userId)
    {
        if (userId is null)
        {
            return null;
        }
        if (userId.StartsWith('{'))
        {
            try
            {
                using var json = JsonDocument.Parse(userId);
                if (json.RootElement.TryGetProperty("session_id", out var session) && session.ValueKind == JsonValueKind.String)
                {
                    userId = session.GetString()!;
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // Not what Claude Code writes; then the text itself names the session.
            }
        }
        return Plain(userId.Length <= ScopeLengthMost ? userId : userId[..ScopeLengthMost]);
    }

    /// <summary>Without control characters and halves of pairs, which stores keep differently: a session must have one name everywhere.</summary>
    static string Plain(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }
        var plain = new System.Text.StringBuilder(text.Length);
        // A half of a pair is read as U+FFFD.
        foreach (var rune in text.EnumerateRunes())
        {
            plain.Append(System.Text.Rune.IsControl(rune) ? System.Text.Rune.ReplacementChar : rune);
        }
        return plain.ToString();
    }

    static string? Header(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var value) && value.ToString().Trim() is { Length: > 0 } text ? text : null;

    static bool TryWord<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && char.IsAsciiLetter(text[0]) && Enum.IsDefined(value);

    static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
