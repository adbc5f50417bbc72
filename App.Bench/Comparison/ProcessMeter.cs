using System.Globalization;

namespace Governance.Bench.Comparison;

/// <summary>What Linux knows of a process.</summary>
static class ProcessMeter
{
    /// <summary>Linux counts processor time in hundredths of a second on every architecture that .NET runs on.</summary>
    const double MicrosPerTick = 10_000;

    /// <summary>User and kernel time so far.</summary>
    public static double CpuMicros(int process)
    {
        var text = Read(process, "stat");
        // The name in parentheses may hold spaces; fields 14 and 15 of the manual page come 12th and 13th after it.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) * MicrosPerTick;
    }

    /// <summary>The most memory that was resident since the last <see cref="ForgetPeak"/>.</summary>
    public static double PeakMegabytes(int process)
    {
        var line = Read(process, "status").Split('\n').First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0;
    }

    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>Time of all processors since the machine started, and what of it its host gave to other machines, in ticks.</summary>
    public static (long All, long Stolen) MachineTicks()
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice; the guests' time is in user already.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(Number).ToArray();
        return (fields.Sum(), fields[7]);
    }

    static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            throw new BenchException($"Process {process} ended while it was being measured.");
        }
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
