using System.Globalization;

namespace Governance.Bench.Micro;

/// <summary><c>store</c>: what a durable hold costs its caller, alone and among many.</summary>
static class StoreCommand
{
    static readonly int[] Callers = [1, 16, 64, 256];

    const int PacedPerSecond = 100;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var count = arguments.Number("count", 2_000, 100, 10_000_000);
        var folder = Directory.CreateDirectory(Path.Combine(arguments.Text("data", Path.GetTempPath()), "governance-bench-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        try
        {
            await MeasureFloorAsync(folder, count);
            await using var store = await DurableStore.StartAsync(folder);
            var bench = new StoreBench("a hold at three budgets, settled behind", store.HoldAsync);
            var single = await new StoreBench("single commits: a hold, then its settlement", store.HoldAndSettleAsync).RunAsync(1, count / 4);
            Console.WriteLine(single);
            foreach (var callers in Callers)
            {
                var group = await bench.RunAsync(callers, Math.Min(count * 16, count * callers / 4));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{group}   {group.PerSecond / single.PerSecond,5:0.0} x single"));
            }
            Console.WriteLine(await bench.RunPacedAsync(PacedPerSecond, Math.Max(500, count / 2)));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The floor: what this disk asks for making one page durable, one after another.</summary>
    static async Task MeasureFloorAsync(string folder, int count)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "floor"), FileMode.CreateNew, FileAccess.Write, preallocationSize: 4096);
        var page = new byte[4096];
        var floor = new StoreBench("floor: one page written and flushed", () =>
        {
            RandomAccess.Write(file, page, 0);
            RandomAccess.FlushToDisk(file);
            return Task.CompletedTask;
        });
        Console.WriteLine(await floor.RunAsync(1, count));
    }
}
