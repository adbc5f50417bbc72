using System.Diagnostics;
using Governance.Gateway.Telemetry;
using Governance.Ledger;
using Governance.Ledger.Entries;

namespace Governance.Gateway;

/// <summary>What a call's span says of it: ids of what is defined here, known names and figures. Nothing of its content, no key and no secret.</summary>
static class CallTags
{
    /// <summary>What became of a call that could be decided on.</summary>
    public static void Ended(CallSpan? span, LedgerCall call, CallResult result)
    {
        if (span is not { Root: { IsAllDataRequested: true } root })
        {
            return;
        }
        root.SetTag("governance.call.id", call.Id.ToString())
            .SetTag("governance.project", call.For.Project)
            .SetTag("governance.upstream", call.Upstream)
            .SetTag("governance.outcome", UsageWords.Of(result.Outcome))
            .SetTag("governance.end", result.End)
            .SetTag("governance.cost_usd", result.Cost.ToPlain())
            .SetTag("gen_ai.request.model", call.PricedAs ?? call.For.Model)
            .SetTag("gen_ai.usage.input_tokens", result.Usage.PromptTokens)
            .SetTag("gen_ai.usage.output_tokens", result.Usage.OutputTokens)
            .SetTag("http.response.status_code", result.Status);
    }

    /// <summary>An answer of the gateway's own, on whichever span of a call is open.</summary>
    public static void Refused(int status, string code)
    {
        if (Spans.Current is { IsAllDataRequested: true, IsStopped: false } span)
        {
            span.SetTag("governance.refusal.code", code).SetTag("http.response.status_code", status);
            if (status >= 500)
            {
                span.SetStatus(ActivityStatusCode.Error, code);
            }
        }
    }
}
