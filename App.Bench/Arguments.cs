using System.Globalization;

namespace Governance.Bench;

/// <summary>The words of the command line: one command, then <c>--name value</c> or <c>--name</c>.</summary>
sealed class Arguments
{
    public const string Help = """
        App.Bench                 compare the product with a bare forwarder and with no proxy at all
          --seconds 5             measured time of a cell (target x JSON/stream x connections)
          --warmup 0.5            unmeasured time before each cell
          --compile 3             time that each target is driven before the first round: the compiler's work
          --stolen 0.02           measure a cell again, up to five times, in which a virtual machine's host took more of the processors
          --rounds 3              rounds a,b,c,a,b,c,...; figures are medians over the rounds
          --connections 1,16,64   keep-alive connections, each with one call in flight
          --only json|stream      one kind of answer only
          --targets a,b,c         a straight to the stub, b bare forwarder, c product
          --body-bytes 1024       size of the request body
          --deltas-per-write 5    the stub writes a stream's 50 deltas in groups of so many
          --cpu                   CPU microseconds a request of the target's process (a: of the stub)
          --memory                peak resident memory of the target's process in the cell
          --verify                afterwards run 'App verify' on the product's data
          --product <App.dll>     default: App/bin/<same configuration>/net10.0/App.dll
          --data <folder>         where the product's data is put and then deleted; default: the temporary folder
          --out <file.json>       every cell of every round, and the medians
        App.Bench decide          the decision itself, without the store, in microseconds
          --iterations 200000
        App.Bench store           what a durable hold costs
          --count 2000  --data <folder>
        App.Bench audit           how fast an export of the trail is proven
          --rows 1000000  --data <folder>
        App.Bench sign-in-flood   wrong passwords from one address: is the owner let in from another within 2 s, and do calls' p99 at most double? Exit 1 where not
          --attempts-per-minute 5000  half of them at the owner's account
          --seconds 60            time without attempts, then with them; the owner signs in ten times
          --connections 64        the most connections that attempts are sent over
          --rounds 1              of both; the ratio is the median over the rounds
          --rate 100              calls a second, each at its time
          --compile 10            time that calls are driven before anything is measured
          --product <App.dll>  --data <folder>
        Roles that the comparison starts for itself, each its own process; they also run alone:
          stub       --urls http://127.0.0.1:9100 [--deltas-per-write 5]   GET /count: requests, tokens, its bill
          forwarder  --urls http://127.0.0.1:9101 --upstream http://127.0.0.1:9100
          load       --urls http://127.0.0.1:9100 [--seconds 5 --connections 64 --only stream --key k --body-bytes 1024 --rate 100]
        Every run fails (exit 1) where one answer was not a complete 200 of the stub's own bytes.
        """;

    static readonly HashSet<string> Known =
    [
        "help", "seconds", "warmup", "compile", "stolen", "rounds", "connections", "only", "targets", "body-bytes", "deltas-per-write", "cpu", "memory",
        "verify", "product", "data", "out", "iterations", "count", "rows", "attempts-per-minute", "rate", "urls", "upstream", "key", "child",
    ];

    readonly Dictionary<string, string> options = [];

    public Arguments(IReadOnlyList<string> words)
    {
        var first = 0;
        if (words.Count > 0 && !words[0].StartsWith('-'))
        {
            Command = words[0];
            first = 1;
        }
        for (var index = first; index < words.Count; index++)
        {
            var name = words[index] == "-h" ? "help" : words[index].StartsWith("--", StringComparison.Ordinal) ? words[index][2..] : "";
            if (!Known.Contains(name))
            {
                throw new BenchException($"Unknown option '{words[index]}'; see --help.");
            }
            var valued = index + 1 < words.Count && !words[index + 1].StartsWith("--", StringComparison.Ordinal);
            options[name] = valued ? words[++index] : "";
        }
    }

    public string Command { get; } = "";

    public bool Has(string name) => options.ContainsKey(name);

    public string Text(string name, string otherwise) => options.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise, int least, int most) => (int)Fraction(name, otherwise, least, most);

    public double Fraction(string name, double otherwise, double least, double most)
    {
        if (!options.TryGetValue(name, out var text))
        {
            return otherwise;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new BenchException($"--{name} must be a number from {least} to {most}.");
    }
}
