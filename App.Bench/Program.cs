using Governance.Bench.Comparison;
using Governance.Bench.Forwarding;
using Governance.Bench.Load;
using Governance.Bench.Micro;
using Governance.Bench.SignIn;
using Governance.Bench.Upstream;

namespace Governance.Bench;

/// <summary>Entry: the comparison without a word, else one of its roles, a microbenchmark, or the door under attempts to sign in.</summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        try
        {
            var arguments = new Arguments(args);
            if (arguments.Has("help"))
            {
                Console.WriteLine(Arguments.Help);
                return 0;
            }
            return arguments.Command switch
            {
                "" => await Runner.RunAsync(ComparisonOptions.From(arguments)),
                "stub" => await StubUpstream.RunAsync(arguments),
                "forwarder" => await BareForwarder.RunAsync(arguments),
                "load" => await LoadGenerator.RunAsync(arguments),
                "decide" => DecideCommand.Run(arguments),
                "audit" => AuditBench.Run(arguments),
                "sign-in-flood" => await FloodCommand.RunAsync(FloodOptions.From(arguments)),
                "store" => await StoreCommand.RunAsync(arguments),
                _ => throw new BenchException($"Unknown command '{arguments.Command}'; see --help."),
            };
        }
        catch (BenchException fault)
        {
            await Console.Error.WriteLineAsync("bench: " + fault.Message);
            return 2;
        }
    }
}
