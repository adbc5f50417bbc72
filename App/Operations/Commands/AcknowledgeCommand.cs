using System.CommandLine;
using System.CommandLine.Parsing;
using Governance.Audit;
using Governance.Integrity.Fences;
using Governance.Ledger.Fences;

namespace Governance.Operations.Commands;

/// <summary><c>App acknowledge</c>: says what was spent since the backup that a fenced ledger goes on from and how it is spread, and admits calls again.</summary>
static class AcknowledgeCommand
{
    public static ExampleCommand Build(CommandContext context)
    {
        var spent = new Option<string[]>(AcknowledgeArguments.Spent) { Description = "What was spent since the backup, as the provider's own usage has it; 0 for nothing.", HelpName = "usd", Arity = ArgumentArity.ZeroOrMore };
        var projects = new Option<string[]>(AcknowledgeArguments.Project) { Description = "A project's part of it; may be said again. Where none is named, each counts its share of the last 30 days' spend.", HelpName = "id=usd", Arity = ArgumentArity.ZeroOrMore };
        var clock = new Option<bool>(AcknowledgeArguments.Clock) { Description = "The clock is right: where calls are stopped for it alone, nothing is entered.", Arity = ArgumentArity.Zero };
        var yes = new Option<bool>(AcknowledgeArguments.Yes) { Description = "Enter the shares; where no project is named it only prints them without this.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("acknowledge",
            "Enter what was spent since the backup and take calls again. Where no project is named it prints how the amount is spread, and enters it with --yes. It counts in the periods that run now. On SQLite the process that serves must be stopped.",
            "App acknowledge --spent-since-backup 0", "App acknowledge --spent-since-backup 12.50", "App acknowledge --spent-since-backup 12.50 --yes",
            "App acknowledge --spent-since-backup 12.50 --project chat-widget=10 --project search=2.50", "App acknowledge --clock-is-right") { spent, projects, clock, yes };
        command.SetAction((parse, _) =>
        {
            var said = Read(parse);
            return said.Problem is { } problem ? FailAsync(2, problem) : Task.FromResult(context.RunInRooms(services => RunAsync(said, parse.GetValue(yes), services)));
        });
        return command;
    }

    /// <summary>What the words say.</summary>
    public static AcknowledgeArguments Read(ParseResult parse) =>
        AcknowledgeArguments.Read(Values(parse, AcknowledgeArguments.Spent), Values(parse, AcknowledgeArguments.Project), parse.GetValue<bool>(AcknowledgeArguments.Clock));

    /// <summary>What stands behind an option each time it is said; empty where nothing does.</summary>
    static string[] Values(ParseResult parse, string option) => parse.GetResult(option) is not OptionResult { Implicit: false } said ? []
        : [.. said.Tokens.Select(token => token.Value), .. Enumerable.Repeat("", Math.Max(0, said.IdentifierTokenCount - said.Tokens.Count))];

    static async Task<int> RunAsync(AcknowledgeArguments said, bool isMeant, IServiceProvider services)
    {
        var acknowledgement = services.GetRequiredService<Acknowledgement>();
        var (plan, problem) = await acknowledgement.PlanAsync(said.Whole, said.Named);
        if (plan is null)
        {
            return await FailAsync(2, $"{problem} Nothing was entered.");
        }
        const string Unfenced = "There is no fence: calls are taken already, and nothing was entered.";
        if (services.GetRequiredService<FenceShelf>().Current is null)
        {
            return await FailAsync(1, Unfenced);
        }
        if (said.IsClock && services.GetRequiredService<FenceShelf>().Current is { } fence && !ClockGap.IsReason(fence.Reason))
        {
            return await FailAsync(1, $"Calls are not stopped for the clock: {fence.Reason} Say what was spent since.{Environment.NewLine}{AcknowledgeArguments.Usage}");
        }
        Print(plan);
        if (said.IsSpread && !isMeant)
        {
            Console.WriteLine($"Nothing was entered. Say App acknowledge {AcknowledgeArguments.Spent} {plan.Whole.ToPlain()} {AcknowledgeArguments.Yes} to enter it so, or name the projects' parts with {AcknowledgeArguments.Project} <id>=<usd>.");
            return CommandLine.Refused;
        }
        if (await acknowledgement.EnterAsync(plan, new Actor(ActorKind.System, "command-line"), said.IsClock) is not { } sentence)
        {
            return await FailAsync(1, Unfenced);
        }
        Console.WriteLine(sentence);
        return 0;
    }

    /// <summary>Before anything is entered.</summary>
    static void Print(AcknowledgementPlan plan)
    {
        if (plan.Whole == Money.Zero)
        {
            return;
        }
        Console.WriteLine($"{plan.Whole.ToPlain()} USD were spent since the backup. {plan.How}");
        Screen.Output.Print(["Project", "USD"], [.. plan.Parts.Select(part => new ScreenRow($"  {part.Project}: {part.Amount.ToPlain()} USD", null, part.Project, part.Amount.ToPlain()))]);
        Console.WriteLine(AcknowledgementPlan.When);
        if (plan.Missed is { } missed)
        {
            Console.WriteLine(missed);
        }
    }

    static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
