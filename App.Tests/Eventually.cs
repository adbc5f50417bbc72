using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Governance.Tests;

/// <summary>Waits for what happens by itself. What has not happened after <see cref="Patience"/> fails the test, with what was waited for and what was seen last.</summary>
static class Eventually
{
    /// <summary>Long enough for two cores that do much else: nothing is measured here.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    public static Task IsTrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        IsTrueAsync(() => Task.FromResult(condition()), what);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(s_pause))
        {
            Assert.True(clock.Elapsed < Patience, $"Not so after {Patience.TotalSeconds} seconds: {what}");
        }
    }

    /// <summary>The first answer that is as wanted.</summary>
    public static async Task<T> ReadAsync<T>(Func<T> ask, Func<T, bool> wanted, [CallerArgumentExpression(nameof(wanted))] string what = "")
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(s_pause))
        {
            var answer = ask();
            if (wanted(answer))
            {
                return answer;
            }
            Assert.True(clock.Elapsed < Patience, $"Not so after {Patience.TotalSeconds} seconds: {what}; seen last: {answer}");
        }
    }
}
