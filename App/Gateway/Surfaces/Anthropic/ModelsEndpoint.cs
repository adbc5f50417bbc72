using System.Text.Json.Nodes;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Gateway.Surfaces.Anthropic;

/// <summary><c>GET /v1/models</c>: the models that have a price and that no rule denies to this key, in a shape that Anthropic's and OpenAI's clients both read.</summary>
sealed class ModelsEndpoint(DirectoryShelf directory, PolicyShelf policies, PriceShelf prices, CallIds ids, TimeProvider time)
{
    const int PageMost = 1000;

    public Task ListAsync(HttpContext context)
    {
        if (Identify(context, out var refused) is not { } caller)
        {
            return refused;
        }
        var query = context.Request.Query;
        var limit = int.TryParse(query["limit"], out var asked) ? Math.Clamp(asked, 1, PageMost) : 20;
        var all = Allowed(caller).ToList();
        var from = query["after_id"].ToString() is { Length: > 0 } after ? all.FindIndex(price => price.Model == after) + 1 : 0;
        var page = all.Skip(from).Take(limit).ToList();
        var body = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. page.Select(Entry)]),
            ["has_more"] = from + page.Count < all.Count,
            ["first_id"] = page.FirstOrDefault()?.Model,
            ["last_id"] = page.LastOrDefault()?.Model,
        };
        return AnswerAsync(context, body);
    }

    public Task FindAsync(HttpContext context, string model)
    {
        if (Identify(context, out var refused) is not { } caller)
        {
            return refused;
        }
        return Allowed(caller).FirstOrDefault(price => price.Model == model) is { } price
            ? AnswerAsync(context, Entry(price))
            : RefusalAnswer.WriteAsync(context, Refusal.NotFound($"Model '{model}' is not available to this key."), ids.Next());
    }

    Caller? Identify(HttpContext context, out Task refused)
    {
        var (caller, refusal) = CallerIdentity.Identify(context.Request, directory.Current, time.GetUtcNow());
        refused = refusal is null ? Task.CompletedTask : RefusalAnswer.WriteAsync(context, refusal, ids.Next());
        return caller;
    }

    IEnumerable<ModelPrice> Allowed(Caller caller)
    {
        var now = time.GetUtcNow();
        var skip = Plans.SkipPolicy(caller.Workspace.Plan);
        return prices.Current.Current(now)
            .Where(price => price.Vendor == "anthropic" || price.Origin != "shipped")
            .Where(price => skip || PolicyEvaluator.Decide(policies.Current, new PolicyQuestion
            {
                Project = caller.Project.Id,
                AskedModel = price.Model,
                Mode = caller.Mode,
                TaskType = TaskType.Simple,
            }) is { Denial: null })
            .OrderBy(price => price.Model, StringComparer.Ordinal);
    }

    static JsonObject Entry(ModelPrice price)
    {
        var created = price.EffectiveFrom ?? new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new JsonObject
        {
            ["type"] = "model",
            ["id"] = price.Model,
            ["display_name"] = price.Model,
            ["created_at"] = created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["max_input_tokens"] = price.ContextTokens,
            ["max_tokens"] = price.MaxOutputTokens,
            ["object"] = "model",
            ["created"] = created.ToUnixTimeSeconds(),
            ["owned_by"] = price.Vendor,
        };
    }

    Task AnswerAsync(HttpContext context, JsonObject body)
    {
        RefusalAnswer.WriteIds(context.Response, ids.Next());
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
