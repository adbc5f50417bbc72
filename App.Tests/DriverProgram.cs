using Governance.Tests.Alerts;
using Governance.Tests.Proofs.Kills;

namespace Governance.Tests;

/// <summary>What the tests' own assembly is where it is started as a process: one of the drivers, which are there to be killed.</summary>
static class DriverProgram
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [LedgerDriver.Command, ..]:
                await LedgerDriver.RunAsync(args[1..]);
                return 0;
            case [WarningDriver.Command, ..]:
                await WarningDriver.RunAsync(args[1..]);
                return 0;
            default:
                await Console.Error.WriteLineAsync("These are tests: run them with ./test or dotnet test.");
                return 2;
        }
    }
}
