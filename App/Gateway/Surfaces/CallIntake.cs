using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Projects;
using Microsoft.Extensions.Options;

namespace Governance.Gateway.Surfaces;

/// <summary>A call whose caller is known and whose body could be read. Give it back: the body's memory is rented.</summary>
/// <param name="Id">Made when the body was complete: nothing that is decided on the call is older.</param>
/// <param name="Known">The directory in which the caller was looked up.</param>
sealed record CallTaken(CallId Id, Caller Caller, Projects.Directory Known, RequestFacts Facts, RequestBody Body) : IDisposable
{
    public void Dispose() => Body.Dispose();
}

/// <summary>The first steps of every call: is the gateway open, who calls, what does the body say.</summary>
sealed class CallIntake(DirectoryShelf directory, CallIds ids, GatewayState state, TimeProvider time, IOptions<GatewaySettings> settings)
{
    /// <summary>Answers null where the call ends here; its refusal was then written.</summary>
    public async ValueTask<CallTaken?> TakeAsync(HttpContext context, ReadLimits limits)
    {
        var id = ids.Next();
        if ((state.RefuseAll ?? state.NoPlace) is { } closed)
        {
            await RefusalAnswer.WriteAsync(context, closed, id);
            return null;
        }
        var known = directory.Current;
        var (caller, unknown) = CallerIdentity.Identify(context.Request, known, time.GetUtcNow());
        if (caller is null)
        {
            await RefusalAnswer.WriteAsync(context, unknown!, id);
            return null;
        }
        var (body, unreadable) = await RequestBody.ReadAsync(context.Request, settings.Value.BodyLimitBytes, state.Bodies);
        if (body is null)
        {
            await RefusalAnswer.WriteAsync(context, unreadable!, id);
            return null;
        }
        var taken = false;
        try
        {
            // A body may take its time, and what was revoked, stopped or ran out meanwhile is. The call, and its period, begin now.
            // The id first: what is decided on a call is never older than its instant.
            id = ids.Next();
            var current = directory.Current;
            (caller, unknown) = CallerIdentity.Again(context.Request, caller!, known, current, time.GetUtcNow());
            if ((state.RefuseAll ?? unknown) is { } stopped)
            {
                await RefusalAnswer.WriteAsync(context, stopped, id);
                return null;
            }
            CrashPoint.Reach("body-read");
            var read = RequestReader.Read(body.Memory.Span, limits);
            if (read is ReadFault fault)
            {
                await RefusalAnswer.WriteAsync(context, Refusal.Malformed(fault.Message), id);
                return null;
            }
            var facts = ((ReadFacts)read).Facts;
            if (CallerIdentity.SessionFault(caller!, facts.UserId) is { } unnamed)
            {
                await RefusalAnswer.WriteAsync(context, unnamed, id);
                return null;
            }
            taken = true;
            return new CallTaken(id, caller!, current, facts, body);
        }
        finally
        {
            if (!taken)
            {
                body.Dispose();
            }
        }
    }
}
