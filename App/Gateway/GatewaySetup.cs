using System.Globalization;
using Governance.Gateway.Surfaces;
using Governance.Gateway.Surfaces.Anthropic;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Pricing;
using Governance.Projects;
using Governance.Shell;
using Governance.Shell.Controls;
using Governance.Shell.Door;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Governance.Gateway;

/// <summary>Puts the way through into the host.</summary>
static class GatewaySetup
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddOptions<GatewaySettings>().BindConfiguration(GatewaySettings.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DrainSettings>().BindConfiguration(DrainSettings.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<HostOptions>().Configure<Microsoft.Extensions.Options.IOptions<DrainSettings>>((host, drain) => host.ShutdownTimeout = drain.Value.HostTimeout);
        services.AddOptions<Frame>().Configure<CallIds>((frame, ids) => frame.Banners.Add(() => ids.Ahead is { } ahead
            ? new Banner(StatusKind.Warned, string.Create(CultureInfo.InvariantCulture, $"The ledger has entries that lie ahead of its clock, up to {ahead.UtcDateTime:yyyy-MM-dd HH:mm} UTC: a clock was wrong when they were made, or is now. They count in the periods of their own instants."))
            : null));
        services.AddOptions<Frame>().Configure<TimeProvider, IOptions<GatewaySettings>>((frame, time, settings) => frame.Banners.Add(() =>
            PriceShelf.Stale(time.GetUtcNow(), settings.Value.PricesStaleDays) is { } stale ? new Banner(StatusKind.Warned, stale) : null));
        return services
            .AddSingleton<Drain>()
            .AddHostedService(provider => provider.GetRequiredService<Drain>())
            .AddJournalListener<UpstreamShelf>()
            .AddJournalListener<PriceShelf>()
            .AddJournalListener<CallIdStart>()
            .AddSingleton<CallIds>()
            .AddSingleton<RefusalRate>()
            .AddHostedService(provider => provider.GetRequiredService<RefusalRate>())
            .AddSingleton<UpstreamSecrets>()
            .AddSingleton<UpstreamEdits>()
            .AddSingleton<PriceEdits>()
            .AddSingleton<OutboundHttp>()
            .AddSingleton<Gate>()
            .AddSingleton<CallDestination, GatewayDestination>()
            .AddSingleton<Forwarder>()
            .AddSingleton<UpstreamLog>()
            .AddSingleton<ResponseCache>()
            .AddSingleton<GatewayState>()
            .AddSingleton<CallIntake>()
            .AddSingleton<MessagesEndpoint>()
            .AddSingleton<CountTokensEndpoint>()
            .AddSingleton<ModelsEndpoint>();
    }

    /// <summary>Says nothing of what serves, and gives clients as long as they may have for every answer that is not written with a timer of its own.</summary>
    public static void Limits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = DigitsOnly.Of;
        var patience = kestrel.ApplicationServices.GetRequiredService<IOptions<GatewaySettings>>().Value.ClientWriteSeconds;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(kestrel.Limits.MinResponseDataRate?.BytesPerSecond ?? 240, TimeSpan.FromSeconds(patience));
    }

    /// <summary>The routes that clients use. Which key they need is decided at the endpoint, never from the address.</summary>
    public static void MapGateway(this WebApplication app)
    {
        var waits = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<GatewaySettings>>().Value;
        app.Services.GetRequiredService<SpendLedger>().HoldLifetime = TimeSpan.FromSeconds(waits.ConnectSeconds + waits.FirstByteSeconds + (2 * waits.TotalSeconds)) + TimeSpan.FromHours(1);
        var messages = app.Services.GetRequiredService<MessagesEndpoint>();
        var count = app.Services.GetRequiredService<CountTokensEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();
        var ids = app.Services.GetRequiredService<CallIds>();
        // Short-circuited: what pages need (sessions, antiforgery, compression, page headers) has no business on this path.
        Map("/v1/messages", HttpMethods.Post, app.Services.GetRequiredService<Drain>().Around(messages.HandleAsync));
        Map("/v1/messages/count_tokens", HttpMethods.Post, count.HandleAsync);
        Map("/v1/models", HttpMethods.Get, models.ListAsync);
        Map("/v1/models/{model}", HttpMethods.Get, context => models.FindAsync(context, (string)context.Request.RouteValues["model"]!));
        State(app.Map("/v1/{**rest}", (RequestDelegate)(context => RefusalAnswer.WriteAsync(context, NotServed(context), ids.Next()))));

        void Map(string path, string method, RequestDelegate handle)
        {
            State(app.MapMethods(path, [method], Exactly(handle)));
            State(app.Map(path, Exactly(context =>
            {
                context.Response.Headers.Allow = method;
                return RefusalAnswer.WriteAsync(context, Refusal.Plain(405, "invalid_request_error", $"{context.Request.Method} is not served here; send {method}.", "method_not_allowed"), ids.Next());
            })));
        }

        RequestDelegate Exactly(RequestDelegate handle) => context =>
            EntryRules.IsSpelledExactly(context) ? handle(context) : RefusalAnswer.WriteAsync(context, NotServed(context), ids.Next());

        static void State(IEndpointConventionBuilder endpoint) => endpoint.DisableAntiforgery().ShortCircuit().RequireOwnKey("virtual key");
    }

    static Refusal NotServed(HttpContext context) => Refusal.NotFound(
        $"{context.Request.Method} {context.Request.Path} is not served here under this spelling. There is POST /v1/messages, POST /v1/messages/count_tokens and GET /v1/models.");

    /// <summary>Ids, and time, go on behind the newest that the ledger knows, even if the clock was set back.</summary>
    internal sealed class CallIdStart(CallIds ids, TimeProvider time) : JournalListener
    {
        static CallId Newest(JournalTransaction transaction, long below)
        {
            var newest = transaction.Prepare("SELECT COALESCE(MAX(id), 0) FROM (SELECT MAX(id) AS id FROM usage WHERE id < ?1 UNION ALL SELECT MAX(id) AS id FROM holds WHERE id < ?1) AS newest").Bind(1, below);
            newest.Step();
            var id = new CallId(newest.Integer(0));
            newest.Reset();
            return id;
        }

        public override JournalPhase Phase => JournalPhase.Numbering;

        public override void Start(Change change)
        {
            ids.StartAfter(Newest(change.Transaction, long.MaxValue));
            // What lies further ahead was written by a wrong clock, and what was written since goes on without it.
            var followed = Newest(change.Transaction, CallId.FirstAt(time.GetUtcNow() + change.Transaction.MaxAhead).Value);
            ids.StartAfter(followed);
            (time as LedgerTime)?.GoOnFrom(followed.At);
        }
    }
}
