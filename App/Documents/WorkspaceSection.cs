using Governance.Documents.Text;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Projects;

namespace Governance.Documents;

/// <summary>Reads <c>workspace</c>, <c>members</c> and <c>upstreams</c>.</summary>
[Pure]
static class WorkspaceSection
{
    public static WorkspaceDefinition Workspace(Fields fields, Reading reading)
    {
        var id = fields.Id("id", required: true) ?? "";
        reading.Refer(fields.At("id"), Noun.Workspace, id);
        reading.Claim(fields.Path, new(Noun.Workspace, id));
        var workspace = new WorkspaceDefinition
        {
            Id = id,
            Name = fields.Text("name", required: true) ?? "",
            Plan = fields.Choice<Plan>("plan") ?? Plan.Team,
            Stopped = Stopped(fields, new(Noun.Workspace, id)),
        };
        fields.Finish();
        return workspace;
    }

    public static MemberEntry Member(Fields fields, Reading reading)
    {
        var email = fields.Email("email", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Member, email.ToLowerInvariant()));
        var member = new MemberDefinition { Email = email, Role = fields.Choice<MemberRole>("role") ?? MemberRole.Developer };
        var password = fields.Environment("password_env");
        fields.Finish();
        return new(member, password);
    }

    public static UpstreamDefinition Upstream(Fields fields, Reading reading)
    {
        var id = fields.Id("id", required: true) ?? "";
        reading.Claim(fields.Path, new(Noun.Upstream, id));
        var kind = fields.Choice<UpstreamKind>("kind", required: true, "openai", "gemini", "bedrock", "openrouter", "compatible");
        var address = Address(fields, required: kind == UpstreamKind.Anthropic);
        if (address is not null && UpstreamRoot.Fault(address) is { } fault)
        {
            reading.Fault(fields.At("base_url"), fault);
        }
        if (kind == UpstreamKind.Sandbox && address is not null)
        {
            reading.Fault(fields.At("base_url"), "does not belong to the sandbox, which has no address");
        }
        var upstream = new UpstreamDefinition
        {
            Id = id,
            Kind = kind ?? UpstreamKind.Sandbox,
            BaseUrl = address,
            ApiKeyEnv = fields.Environment("api_key_env"),
            AllowPrivateNetwork = fields.Truth("allow_private_network") ?? false,
        };
        fields.Finish();
        return upstream;
    }

    /// <summary>Reads <c>stopped</c>; an explicit false is noted, because leaving it out means something else.</summary>
    public static bool Stopped(Fields fields, Named named)
    {
        var stopped = fields.Truth("stopped");
        if (stopped == false)
        {
            fields.Reading.Released.Add(named);
        }
        return stopped ?? false;
    }

    /// <summary>Blanks and line breaks around an address are no part of it.</summary>
    static string? Address(Fields fields, bool required) =>
        fields.Take("base_url", required) is { } node
            ? Scalars.Text(node is DocumentScalar scalar ? scalar with { Text = scalar.Text.Trim() } : node, fields.At("base_url"), fields.Reading)
            : null;
}
