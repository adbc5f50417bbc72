using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Governance.Audit;
using Governance.Projects;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Configuration;

/// <summary>The configuration interface for machines: plan, apply, export. Needs a management key; says nothing to anybody else.</summary>
static class ManagementEndpoints
{
    const int DocumentLimitBytes = 1024 * 1024;

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/api/policy").DisableAntiforgery().AddEndpointFilter(async (context, next) =>
            Authorize(context.HttpContext) is { } actor ? await WithActor(context, actor, next) : Refuse(401, "Send a management key as 'Authorization: Bearer <key>'; an owner creates one on /dashboard/settings?tab=access."));
        group.MapGet("/export", async (ConfigurationEdits edits) => Results.Text(await edits.ExportAsync(), "application/yaml"));
        group.MapPost("/plan", (HttpContext context, ConfigurationEdits edits) => RunAsync(context, edits.PlanAsync));
        group.MapPost("/apply", (HttpContext context, ConfigurationEdits edits) => RunAsync(context, text => edits.ApplyAsync(text, (Actor)context.Items[typeof(Actor)]!)));
    }

    static async Task<IResult> RunAsync(HttpContext context, Func<string, Task<PlanResult>> run)
    {
        if (context.Request.ContentLength > DocumentLimitBytes)
        {
            return Refuse(413, "The document is larger than 1 MiB.");
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = DocumentLimitBytes;
        }
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        string text;
        try
        {
            text = await reader.ReadToEndAsync(context.RequestAborted);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == 413)
        {
            return Refuse(413, "The document is larger than 1 MiB.");
        }
        catch (DecoderFallbackException)
        {
            return Refuse(400, "The document is not UTF-8.");
        }
        PlanResult result;
        try
        {
            result = await run(text);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return Refuse(503, $"Nothing was changed: the database cannot be written just now ({exception.Message.TrimEnd('.')}).");
        }
        return Results.Json(new
        {
            applied = result.Applied,
            problems = result.Problems,
            summary = $"{Count(result, ChangeKind.Create)} created, {Count(result, ChangeKind.Update)} changed, {Count(result, ChangeKind.Remove)} removed",
            changes = result.Changes,
            new_keys = result.NewSecrets.Select(key => new { id = key.KeyId, secret = key.Secret }),
        }, AuditJson.Options, statusCode: result.Problems.Count > 0 ? 400 : 200);
    }

    static int Count(PlanResult result, ChangeKind kind) => result.Changes.Count(change => change.Kind == kind);

    static ValueTask<object?> WithActor(EndpointFilterInvocationContext context, Actor actor, EndpointFilterDelegate next)
    {
        context.HttpContext.Items[typeof(Actor)] = actor;
        return next(context);
    }

    /// <summary>Whose management key the request shows; null where it shows none that is known.</summary>
    public static Actor? Authorize(HttpContext context)
    {
        const string Bearer = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var presented = KeySecret.HashOf(header[Bearer.Length..].Trim());
        var configured = SecretText.Key(context.RequestServices.GetRequiredService<IConfiguration>()[StartSecrets.ManagementKey], out _);
        if (configured is not null && CryptographicOperations.FixedTimeEquals(presented, KeySecret.HashOf(configured)))
        {
            return new Actor(ActorKind.ManagementKey, "configured");
        }
        foreach (var (definition, hash) in context.RequestServices.GetRequiredService<DirectoryShelf>().Current.ManagementKeys)
        {
            if (CryptographicOperations.FixedTimeEquals(presented, hash))
            {
                return new Actor(ActorKind.ManagementKey, definition.Id);
            }
        }
        return null;
    }

    static IResult Refuse(int status, string message) => Results.Json(new { error = new { message } }, (JsonSerializerOptions?)null, statusCode: status);
}
