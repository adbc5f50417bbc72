using System.Diagnostics;
using System.Diagnostics.Metrics;
using Governance.Ledger.Entries;

namespace Governance.Gateway.Telemetry;

/// <summary>
/// The instruments of what happens on the way of a call. Labels are ids of what is defined here, or words of ours: never a key, a member or anything
/// that a client wrote. What is counted elsewhere already is read from there when somebody asks.
/// </summary>
static class Instruments
{
    /// <summary>The name of every meter of this program.</summary>
    public const string MeterName = "Governance";

    /// <summary>The label of everything that has no name of its own here.</summary>
    public const string Other = UsageCounts.Other;

    static readonly Meter meter = new(MeterName);

    static readonly InstrumentAdvice<double> shortTimes = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };
    static readonly InstrumentAdvice<double> longTimes = new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] };

    static readonly Counter<long> refusals = meter.CreateCounter<long>("governance.refusals", "{refusal}", "Answers that the gateway gave instead of an upstream, by status and code.");
    static readonly Histogram<double> added = Times("governance.added", "What the gateway adds before a call is sent: reading, deciding and the durable hold.", shortTimes);
    static readonly Histogram<double> decisions = Times("governance.decision.duration", "How long it took to decide on a call by the rules and prices in force.", shortTimes);
    static readonly Histogram<double> holds = Times("governance.hold.duration", "How long a call waited for its durable hold, or for its refusal by a budget.", shortTimes);
    static readonly Counter<long> upstreamRequests = meter.CreateCounter<long>("governance.upstream.requests", "{request}", "Requests to upstreams, by the class of the status that came back (none where nothing did) and by how they ended.");
    static readonly Histogram<double> upstreamHeaders = Times("governance.upstream.headers.duration", "From the start of a request to an upstream until the head of its answer.", longTimes);
    static readonly Histogram<double> upstreamWhole = Times("governance.upstream.duration", "From the start of a request to an upstream until the end of its answer.", longTimes);
    static readonly Counter<long> mails = meter.CreateCounter<long>("governance.mails", "{try}", "Tries to send a mail: sent, failed (tried again later) or given_up.");

    public static void CountRefusal(int status, string code) => refusals.Add(1, new("status", status), new("code", code));

    public static void RecordAdded(long started) => added.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);

    public static void RecordDecision(long started) => decisions.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);

    public static void RecordHold(long started) => holds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);

    /// <param name="status">Of the upstream's answer; 0 where none came.</param>
    /// <param name="headers">Until the head of the answer; null where none came.</param>
    public static void RecordUpstream(string upstream, string operation, int status, string end, TimeSpan? headers, TimeSpan whole)
    {
        var statusClass = ClassOf(status);
        var tags = new TagList { { "upstream", upstream }, { "operation", operation }, { "status_class", statusClass } };
        upstreamWhole.Record(whole.TotalSeconds, tags);
        if (headers is { } head)
        {
            upstreamHeaders.Record(head.TotalSeconds, tags);
        }
        tags.Add("end", end);
        upstreamRequests.Add(1, tags);
    }

    /// <param name="outcome">sent, failed or given_up.</param>
    /// <param name="count">0 only makes the series known, so that its first increase is one.</param>
    public static void CountMail(string outcome, int count = 1) => mails.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    static string ClassOf(int status) => status switch
    {
        >= 100 and < 200 => "1xx",
        >= 200 and < 300 => "2xx",
        >= 300 and < 400 => "3xx",
        >= 400 and < 500 => "4xx",
        >= 500 and < 600 => "5xx",
        0 => "none",
        _ => Other,
    };

    static Histogram<double> Times(string name, string description, InstrumentAdvice<double> advice) => meter.CreateHistogram(name, "s", description, null, advice);
}
