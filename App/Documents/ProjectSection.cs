using Governance.Documents.Text;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Reads <c>projects</c> and the keys under them.</summary>
[Pure]
static class ProjectSection
{
    public static ProjectDefinition Project(Fields fields, Reading reading, List<KeyEntry> keys)
    {
        var id = fields.Id("id", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Project, id));
        var project = new ProjectDefinition
        {
            Id = id,
            Name = fields.Text("name", required: true) ?? "",
            Owner = fields.Email("owner", nullable: true),
            AlertEmail = fields.Email("alert_email", nullable: true),
            Department = fields.Text("department", nullable: true),
            Customer = fields.Text("customer", nullable: true),
            DefaultMode = fields.Choice<Mode>("default_mode") ?? Mode.Balanced,
            Upstreams = Upstreams(fields, reading),
            Environment = fields.Text("environment", nullable: true),
            Cache = fields.Truth("cache") ?? false,
            Stopped = WorkspaceSection.Stopped(fields, new(Noun.Project, id)),
            AllowUnbounded = fields.Truth("allow_unbounded") ?? false,
            WaitForHoldsMilliseconds = (int?)fields.Whole("wait_for_holds_ms", 0, ProjectDefinition.WaitForHoldsMillisecondsMost) ?? 0,
            FailOpenAllowance = fields.Map("on_ledger_failure", nullable: true) is { } failure ? Allowance(failure) : null,
        };
        reading.Refer(fields.At("owner"), Noun.Member, project.Owner);
        if (fields.Maps("keys", item => Key(item, reading, id)) is { } listed)
        {
            keys.AddRange(listed);
            reading.KeyedProjects.Add(id);
        }
        fields.Finish();
        return project;
    }

    /// <summary>Null refuses every call while the ledger cannot be written.</summary>
    static Money? Allowance(Fields fields)
    {
        var mode = fields.Choice<LedgerFailure>("mode", required: true);
        var open = mode == LedgerFailure.FailOpen;
        var allowance = fields.Dollars("allowance_usd", required: open);
        if (mode == LedgerFailure.FailClosed && allowance is not null)
        {
            fields.Reading.Fault(fields.At("allowance_usd"), "belongs to mode fail_open; fail_closed spends nothing");
        }
        if (open && allowance == Money.Zero)
        {
            fields.Reading.Fault(fields.At("allowance_usd"), "lets nothing through; write mode: fail_closed for that");
        }
        fields.Finish();
        return open ? allowance : null;
    }

    /// <summary>A project without upstreams is served by the workspace's first one, which an empty list hardly means.</summary>
    static IReadOnlyList<string> Upstreams(Fields fields, Reading reading)
    {
        var named = fields.Set("upstreams", (node, at) => Upstream(node, at, reading));
        if (named is [] && fields.Has("upstreams") && !reading.Problems.Exists(problem => problem.Path.StartsWith(fields.At("upstreams"), StringComparison.Ordinal)))
        {
            reading.Fault(fields.At("upstreams"), "names none; name at least one, or leave the key out to let the workspace's first upstream serve the project");
        }
        return named ?? [];
    }

    static string? Upstream(DocumentNode node, string path, Reading reading)
    {
        var id = Scalars.Id(node, path, reading);
        reading.Refer(path, Noun.Upstream, id);
        return id;
    }

    static KeyEntry Key(Fields fields, Reading reading, string project)
    {
        var id = fields.Id("id", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Key, id));
        reading.Refer(fields.At("id"), Noun.Key, id, project);
        var key = new KeyDefinition
        {
            Id = id,
            Project = project,
            Attribution = fields.Map("attribution") is { } attribution ? Attribution(attribution, reading) : new(),
            AttributionOverride = fields.Choice<AttributionOverride>("attribution_override") ?? AttributionOverride.Restricted,
            DefaultMode = fields.Choice<Mode>("default_mode"),
            ExpiresAt = Expiry(fields, new(Noun.Key, id)),
            Stopped = WorkspaceSection.Stopped(fields, new(Noun.Key, id)),
            Revoked = fields.Truth("revoked") ?? false,
        };
        var secret = fields.Environment("secret_env");
        fields.Finish();
        return new(key, secret);
    }

    /// <summary>Reads <c>expires_at</c>; an explicit null is noted, because leaving it out keeps the day that a key has.</summary>
    static DateTimeOffset? Expiry(Fields fields, Named named)
    {
        var given = fields.Stands("expires_at");
        var expiry = fields.Instant("expires_at", nullable: true);
        if (given && expiry is null)
        {
            fields.Reading.Unlimited.Add(named);
        }
        return expiry;
    }

    static KeyAttribution Attribution(Fields fields, Reading reading)
    {
        var attribution = new KeyAttribution
        {
            Tenant = fields.Id("tenant"),
            Department = fields.Text("department"),
            Employee = fields.Text("employee"),
            Customer = fields.Text("customer"),
            Feature = fields.Text("feature"),
            Workflow = fields.Text("workflow"),
        };
        reading.Refer(fields.At("tenant"), Noun.Workspace, attribution.Tenant);
        fields.Finish();
        return attribution;
    }
}
