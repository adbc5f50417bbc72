using Governance.Audit;
using Governance.Ledger.Entries;
using Governance.Shell.Controls;

namespace Governance.Ledger.Requests;

/// <summary>How a call is told to people: finer than the ledger's outcome, since a forced call is an answered one.</summary>
public enum CallVerdict { Approved, Forced, Cached, Denied, Assumed, Expired, Voided, Adjusted }

/// <summary>What a list of requests asks for; what is null does not narrow it.</summary>
[Pure]
public sealed record UsageFilter
{
    public string? Project { get; init; }
    public string? Key { get; init; }
    /// <summary>Found anywhere in the model asked for or the one that served.</summary>
    public string? Model { get; init; }
    public CallVerdict? Verdict { get; init; }
    /// <summary>A request id or its beginning.</summary>
    public string? Request { get; init; }

    /// <summary>The ids that begin with <see cref="Request"/>: a beginning of an id is a range of ids. Null where no id can begin so.</summary>
    internal (CallId First, CallId Last)? Range
    {
        get
        {
            const string Prefix = "req_";
            const int Length = 17;
            if (Request is null)
            {
                return (new CallId(0), new CallId(long.MaxValue));
            }
            var text = Request.StartsWith(Prefix, StringComparison.Ordinal) ? Request : Prefix + Request;
            return text.Length <= Length && CallId.TryParse(text.PadRight(Length, '0'), out var first)
                ? (first, CallId.TryParse(text.PadRight(Length, 'z'), out var last) ? last : new CallId(long.MaxValue))
                : null;
        }
    }

    /// <summary>The list of requests narrowed by this filter, with the details of <paramref name="call"/>.</summary>
    public string Href(string? call = null) => Address.Of(
        Address.Usage, ("tab", "requests"), ("project", Project), ("outcome", Verdict?.ToString().ToLowerInvariant()),
        ("key", Key), ("model", Model), ("q", Request), ("call", call));
}

/// <summary>The words and looks of a call's verdict.</summary>
[Pure]
static class CallLook
{
    public static CallVerdict Of(UsageOutcome outcome, string asked, string? served) => outcome switch
    {
        UsageOutcome.Posted => served is not null && served != asked ? CallVerdict.Forced : CallVerdict.Approved,
        UsageOutcome.Cached => CallVerdict.Cached,
        UsageOutcome.Refused => CallVerdict.Denied,
        UsageOutcome.Assumed => CallVerdict.Assumed,
        UsageOutcome.Expired => CallVerdict.Expired,
        UsageOutcome.Voided => CallVerdict.Voided,
        UsageOutcome.Adjusted => CallVerdict.Adjusted,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static StatusKind Status(CallVerdict verdict) => verdict switch
    {
        CallVerdict.Approved or CallVerdict.Cached => StatusKind.Approved,
        CallVerdict.Forced => StatusKind.Forced,
        CallVerdict.Denied => StatusKind.Denied,
        CallVerdict.Assumed or CallVerdict.Expired or CallVerdict.Adjusted => StatusKind.Warned,
        _ => StatusKind.Neutral,
    };

    public static string Word(CallVerdict verdict) => verdict is CallVerdict.Voided ? "Not charged" : verdict.ToString();

    /// <summary>What the verdict means for the money.</summary>
    public static string Meaning(CallVerdict verdict) => verdict switch
    {
        CallVerdict.Approved => "Answered; the cost is what the provider's usage comes to.",
        CallVerdict.Forced => "Answered by another model than the one asked for.",
        CallVerdict.Cached => "Answered from the response cache; nothing was sent and nothing is charged.",
        CallVerdict.Denied => "Refused before anything was sent; nothing is charged.",
        CallVerdict.Assumed => "Sent, but what it cost never became known: the whole hold counts as spent.",
        CallVerdict.Expired => "The hold outlived its time: the whole hold counts as spent.",
        CallVerdict.Adjusted => "No call: spend that an owner or admin entered, because this ledger did not see it.",
        _ => "Nothing was sent, or the provider answered with an error; nothing is charged.",
    };

    /// <summary>What the entry's flags warn of, in sentences.</summary>
    public static IReadOnlyList<string> Warnings(UsageFlags flags)
    {
        (UsageFlags Flag, string Text)[] all =
        [
            (UsageFlags.Unverified, "The provider's final usage was not seen; the cost is a bound, not a measurement."),
            (UsageFlags.Overrun, "It cost more than was held for it."),
            (UsageFlags.UnknownUsage, "The answer had usage of a kind, a model or a price modifier that no price is known for."),
            (UsageFlags.ClientGone, "The client hung up before the answer was complete; what the provider had begun to bill counts all the same."),
            (UsageFlags.SplitUnknown, "Cache writes came without their lifetime; they are priced at the longest that the request asked for."),
            (UsageFlags.Corrected, "The cost was put right later by a correction."),
            (UsageFlags.FailOpen, "The ledger could not be written when it was sent; the project's allowance for such times let it through, past its caps."),
            (UsageFlags.TotalsFell, "A total of the provider's usage became smaller on the way; it is priced at the larger."),
            (UsageFlags.ReadingsDiffer, "The provider's itemised bill and its totals come to different amounts; the dearer is posted."),
            (UsageFlags.Unheld, "Its hold was gone when it ended: the database was put back to an older state meanwhile, or somebody removed the hold."),
        ];
        return [.. all.Where(each => flags.HasFlag(each.Flag)).Select(each => each.Text)];
    }
}
