using System.Security.Cryptography;
using System.Text;
using Governance.Alerts;
using Governance.Audit;
using Governance.Journal;
using Governance.Members;
using Governance.Projects;
using Governance.Shell.Door;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Documents;

/// <summary>The configuration interface for machines: plan, apply, export. Needs a management key; says nothing to anybody else.</summary>
static partial class ManagementEndpoints
{
    /// <summary>The setting that gives the management key of the host.</summary>
    public const string KeySetting = "Governance:ManagementKey";

    /// <summary>The key that these addresses ask for.</summary>
    public const string Key = "management key";

    const int DocumentLimitBytes = 1024 * 1024;

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/api/policy").DisableAntiforgery().RequireOwnKey(Key).AddEndpointFilter(EndpointAnswers.ExactlyAsync).AddEndpointFilter(AnswerAsync).AddEndpointFilter(async (context, next) =>
            Authorize(context.HttpContext) is { } actor ? await WithActor(context, actor, next) : EndpointAnswers.Refuse(401, "Send a management key as 'Authorization: Bearer <key>'; an owner creates one on /dashboard/settings?tab=access."));
        group.MapGet("/export", async (HttpContext context, ConfigurationEdits edits) => Results.Text(await edits.ExportAsync((Actor)context.Items[typeof(Actor)]!), "application/yaml"));
        group.MapPost("/plan", (HttpContext context, ConfigurationEdits edits) => RunAsync(context, edits.PlanAsync));
        group.MapPost("/apply", (HttpContext context, ConfigurationEdits edits) => RunAsync(context, text => edits.ApplyAsync(text, (Actor)context.Items[typeof(Actor)]!)));
        group.Map("/export", EndpointAnswers.OtherMethod(HttpMethods.Get));
        group.Map("/plan", EndpointAnswers.OtherMethod(HttpMethods.Post));
        group.Map("/apply", EndpointAnswers.OtherMethod(HttpMethods.Post));
    }

    static async Task<IResult> RunAsync(HttpContext context, Func<string, Task<PlanResult>> run)
    {
        if (context.Request.ContentLength > DocumentLimitBytes)
        {
            return EndpointAnswers.Refuse(413, "The document is larger than 1 MiB.");
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
            return EndpointAnswers.Refuse(413, "The document is larger than 1 MiB.");
        }
        catch (DecoderFallbackException)
        {
            return EndpointAnswers.Refuse(400, "The document is not UTF-8.");
        }
        var result = await run(text);
        return Results.Json(new
        {
            applied = result.Applied,
            problems = result.Problems,
            summary = $"{Count(result, ChangeKind.Create)} created, {Count(result, ChangeKind.Update)} changed, {Count(result, ChangeKind.Remove)} removed",
            changes = result.Changes,
            warnings = result.Warnings,
            notes = result.Notes,
            new_keys = result.NewSecrets.Select(key => new { id = key.KeyId, secret = key.Secret }),
            sign_in_links = result.SignInLinks.Select(link => new { email = link.Email, url = Root(context) + link.Path, expires_at = link.ExpiresAt }),
        }, AuditJson.Options, statusCode: result.Problems.Count > 0 ? 400 : 200);
    }

    /// <summary>Whatever goes wrong is answered in words; nothing of the document is in force then.</summary>
    static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || StoreFailure.IsUnread(exception))
        {
            return EndpointAnswers.Refuse(503, $"Nothing was changed: the database cannot be read or written just now ({StoreFailure.Why(exception).TrimEnd('.')}).");
        }
        catch (JournalFullException)
        {
            return EndpointAnswers.Refuse(503, "Nothing was changed: the server is too busy to save just now, or is being stopped. Try again in a moment.");
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException))
        {
            LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILogger<ConfigurationEdits>>(), exception);
            return EndpointAnswers.Refuse(500, $"Nothing was changed: {StoreFailure.Why(exception)}");
        }
    }

    /// <summary>Where people reach the dashboard.</summary>
    static string Root(HttpContext context) => context.RequestServices.GetRequiredService<MailSettings>().PublicUrl is { Length: > 0 } url ? url : $"{context.Request.Scheme}://{context.Request.Host}";

    [LoggerMessage(LogLevel.Error, "A document could not be planned, applied or exported")]
    static partial void LogFailed(ILogger logger, Exception exception);

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
        var configured = SecretText.Key(context.RequestServices.GetRequiredService<IConfiguration>()[KeySetting], out _);
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
}
