using Governance.Projects;

namespace Governance.Configuration;

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
            Owner = fields.Email("owner"),
            AlertEmail = fields.Email("alert_email"),
            Department = fields.Text("department"),
            Customer = fields.Text("customer"),
            DefaultMode = fields.Choice<Mode>("default_mode") ?? Mode.Balanced,
            Upstreams = fields.Set("upstreams", (node, at) => Upstream(node, at, reading)) ?? [],
            Environment = fields.Text("environment"),
            Cache = fields.Truth("cache") ?? false,
            Stopped = WorkspaceSection.Stopped(fields, new(Noun.Project, id)),
            AllowUnbounded = fields.Truth("allow_unbounded") ?? false,
            WaitForHoldsMilliseconds = (int?)fields.Whole("wait_for_holds_ms", 0, ProjectDefinition.WaitForHoldsMillisecondsMost) ?? 0,
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
            ExpiresAt = fields.Instant("expires_at"),
            Stopped = WorkspaceSection.Stopped(fields, new(Noun.Key, id)),
            Revoked = fields.Truth("revoked") ?? false,
        };
        var secret = fields.Environment("secret_env");
        fields.Finish();
        return new(key, secret);
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
