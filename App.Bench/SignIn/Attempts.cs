using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Governance.Bench.SignIn;

/// <summary>One client that tries passwords at a steady pace, from 127.0.0.2: every other time at the owner's account, else at accounts that nobody has.</summary>
sealed class Attempts(Uri product, FloodOptions options) : IDisposable
{
    const string Path = "/sign-in";
    const string Refusal = "The e-mail or the password is wrong.";

    readonly Visitor client = new(product, IPAddress.Parse("127.0.0.2"), options.Connections);
    readonly ConcurrentDictionary<string, int> answers = new(StringComparer.Ordinal);
    string token = "";
    int taken = -1;
    int sent;

    /// <summary>Opens the form once, as such a client does.</summary>
    public async Task PrepareAsync(CancellationToken cancellation) => token = await client.OpenFormAsync(Path, cancellation);

    public async Task<AttemptsMade> SendAsync(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => SendInTurnAsync(began, cancellation)));
        return new AttemptsMade(sent, Stopwatch.GetElapsedTime(began).TotalSeconds, answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).ToDictionary());
    }

    public void Dispose() => client.Dispose();

    /// <summary>Takes the next number, waits until it is due, and sends it. A number that is due while every connection waits for an answer is sent as soon as one has it.</summary>
    async Task SendInTurnAsync(long began, CancellationToken cancellation)
    {
        while (Interlocked.Increment(ref taken) is var number && number < options.Attempts)
        {
            var wait = TimeSpan.FromMinutes((double)number / options.AttemptsPerMinute) - Stopwatch.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellation);
            }
            // What would come after the time is up would be measured against nothing.
            if (Stopwatch.GetElapsedTime(began).TotalSeconds > options.Seconds)
            {
                return;
            }
            Interlocked.Increment(ref sent);
            answers.AddOrUpdate(await TryAsync(number, cancellation), 1, (_, count) => count + 1);
        }
    }

    /// <summary>Makes an attempt.</summary>
    /// <returns>How it was answered, in words.</returns>
    async Task<string> TryAsync(int number, CancellationToken cancellation)
    {
        var email = number % 2 == 0 ? Owner.Email : string.Create(CultureInfo.InvariantCulture, $"guess-{number}@bench.test");
        try
        {
            var answer = await client.SendFormAsync(Path, "sign-in", token, [new("email", email), new("password", $"wrong password {number}")], cancellation);
            return answer.Status switch
            {
                200 when answer.Body.Contains(Refusal, StringComparison.Ordinal) => AttemptsMade.LookedAt,
                429 => answer.Body.Contains("to this account", StringComparison.Ordinal) ? "429 (too many at one account)" : "429 (too many from one address)",
                503 => "503 (busy)",
                _ => $"{AttemptsMade.Unexpected}{answer.Status}, {answer.Location ?? answer.Start}",
            };
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return $"{AttemptsMade.Unexpected}no answer, {fault.Message}";
        }
    }
}

/// <summary>What became of the attempts.</summary>
/// <param name="Seconds">From the first to the last answer.</param>
/// <param name="Answers">How many were answered how.</param>
sealed record AttemptsMade(int Sent, double Seconds, IReadOnlyDictionary<string, int> Answers)
{
    /// <summary>The password was compared, and was wrong.</summary>
    public const string LookedAt = "200 (wrong password)";

    /// <summary>How a count begins that neither a wrong password nor a limit explains.</summary>
    public const string Unexpected = "unexpected: ";

    public static bool IsUnexpected(string answer) => answer.StartsWith(Unexpected, StringComparison.Ordinal);

    public double PerMinute => Sent / Seconds * 60;
}
