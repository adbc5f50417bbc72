using System.Globalization;
using Governance.Bench.Load;

namespace Governance.Bench.SignIn;

/// <summary>What was measured without attempts, and with them right after it, so that what changes on the machine meanwhile falls into both.</summary>
/// <param name="IdleStolen">Share of the processors' time that the machine's host gave to others meanwhile, 0 to 1.</param>
sealed record FloodRound(LoadResult Idle, double IdleStolen, LoadResult Flood, double FloodStolen, AttemptsMade Attempts, IReadOnlyList<SignInMade> SignIns)
{
    const double MaxSignInSeconds = 2;

    /// <summary>A client that is answered too slowly to send what was ordered shows less than it says.</summary>
    const double LeastSent = 0.98;

    public double P99Ratio => Flood.P99Micros / Idle.P99Micros;

    /// <summary>Every reason but the ratio why the round shows a miss, or shows nothing, as a sentence each.</summary>
    public IEnumerable<string> Faults(FloodOptions options) => [.. FaultsOfCalls(options), .. FaultsOfAttempts(options), .. SignIns.Select(Fault).OfType<string>()];

    public void Print(FloodOptions options)
    {
        Console.WriteLine($"Attempts from 127.0.0.2: {Text(Attempts.Sent, "#,##0")} in {Text(Attempts.Seconds, "0.0")} s, {Text(Attempts.PerMinute, "#,##0")} a minute, half of them at the owner's account. Answered:");
        foreach (var (answer, count) in Attempts.Answers)
        {
            Console.WriteLine($"  {Text(count, "#,##0"),7}  {answer}");
        }
        var times = SignIns.Select(signIn => signIn.Took.TotalMilliseconds).Order().ToArray();
        var median = (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
        Console.WriteLine($"Owner from another address: {SignIns.Count(signIn => signIn.Failure is null)} of {SignIns.Count} sign-ins succeeded, median {Text(median, "0")} ms, max {Text(times[^1], "0")} ms.");
        Console.WriteLine("  " + string.Join(", ", SignIns.Select(signIn => $"{Text(signIn.Took.TotalMilliseconds, "0")} ms{(signIn.Failure is null ? "" : " FAILED")}")));
        Console.WriteLine($"Calls at {Text(options.CallsPerSecond, "0.#")} a second:");
        Console.WriteLine($"  without attempts: {Calls(Idle, IdleStolen)}");
        Console.WriteLine($"  with attempts:    {Calls(Flood, FloodStolen)}");
        Console.WriteLine($"  ratio:            p50 {Text(Flood.P50Micros / Idle.P50Micros, "0.00")}, p99 {Text(P99Ratio, "0.00")}");
    }

    public static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    IEnumerable<string> FaultsOfCalls(FloodOptions options)
    {
        foreach (var (name, calls) in new[] { ("without attempts", Idle), ("with attempts", Flood) })
        {
            if (calls.Faults > 0)
            {
                yield return $"{calls.Faults} calls {name} were not answered by the upstream's own bytes, such as: {calls.FirstFault}";
            }
            if (calls.Measured < options.CallsPerSecond * options.Seconds * LeastSent)
            {
                yield return $"Only {calls.Measured} calls {name} were answered in {Text(options.Seconds, "0")} s: the product is overrun, or the machine is too busy to measure on.";
            }
        }
    }

    IEnumerable<string> FaultsOfAttempts(FloodOptions options)
    {
        if (Attempts.Sent < options.Attempts * LeastSent)
        {
            yield return $"Only {Attempts.Sent} of {options.Attempts} attempts were sent in time: give more --connections, or free the machine.";
        }
        if (!Attempts.Answers.ContainsKey(AttemptsMade.LookedAt))
        {
            yield return "No password of an attempt was ever compared, so the attempts were not real: has the form changed?";
        }
        foreach (var answer in Attempts.Answers.Keys.Where(AttemptsMade.IsUnexpected))
        {
            yield return $"Attempts were answered otherwise than a wrong password is: {answer}";
        }
    }

    static string? Fault(SignInMade signIn) =>
        signIn.Failure is { } failure ? $"The owner did not come in: {failure}"
        : signIn.Took.TotalSeconds > MaxSignInSeconds ? $"The owner needed {Text(signIn.Took.TotalSeconds, "0.00")} s to sign in; the aim is {Text(MaxSignInSeconds, "0")} s."
        : null;

    static string Calls(LoadResult calls, double stolen) =>
        $"p50 {Text(calls.P50Micros / 1000, "0.000")} ms, p99 {Text(calls.P99Micros / 1000, "0.000")} ms of {Text(calls.Measured, "#,##0")} calls; the host took {Text(stolen, "0.0 %")} of the processors";
}
