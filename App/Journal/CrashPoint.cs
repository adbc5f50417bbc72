using System.Diagnostics;

namespace Governance.Journal;

/// <summary>Named places at which tests let the process die as in a power cut: <c>Governance__CrashAt=name</c>, or <c>name:3</c> for the third passage. Calls of it are compiled into debug builds only.</summary>
static class CrashPoint
{
    static readonly (string Name, int Passage) wanted = Wanted(Environment.GetEnvironmentVariable("Governance__CrashAt"));
    static int passages;

    [Conditional("CRASHPOINTS")]
    public static void Reach(string name)
    {
        if (wanted.Name == name && Interlocked.Increment(ref passages) == wanted.Passage)
        {
            // SIGKILL: no handler runs, nothing is flushed.
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    static (string Name, int Passage) Wanted(string? text) => text?.Split(':') switch
    {
        [var name, var passage] => (name, int.Parse(passage, System.Globalization.CultureInfo.InvariantCulture)),
        [var name] => (name, 1),
        _ => ("", 0),
    };
}
