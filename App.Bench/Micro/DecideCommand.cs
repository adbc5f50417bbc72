using System.Text.Json;
using Governance.Bench.Load;

namespace Governance.Bench.Micro;

/// <summary><c>decide</c>: what the decision costs without the store, at two sizes of body.</summary>
static class DecideCommand
{
    static readonly int[] BodySizes = [1024, 48 * 1024];

    public static int Run(Arguments arguments)
    {
        var iterations = arguments.Number("iterations", 200_000, 1_000, 100_000_000);
        foreach (var size in BodySizes)
        {
            var body = RequestBytes.Body(stream: false, size);
            foreach (var (name, decide) in Decisions(body))
            {
                Console.WriteLine(new DecisionBench($"{name}, {size / 1024} KB", decide).Run(iterations));
            }
        }
        return 0;
    }

    /// <summary>The floor (one look at every token of the body), then the product's own functions.</summary>
    static IEnumerable<(string Name, Action Decide)> Decisions(byte[] body)
    {
        yield return ("floor: every JSON token read once", () => ReadEveryToken(body));
    }

    static void ReadEveryToken(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
        }
    }
}
