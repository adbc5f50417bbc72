using Governance.Audit;
using Governance.Ledger;
using Governance.Pricing;

namespace Governance.Configuration;

/// <summary><c>App acknowledge</c>: says what was spent since the backup that a fenced ledger goes on from and how it is spread, and admits calls again.</summary>
static class AcknowledgeCommand
{
    public static async Task<int> RunAsync(string[] args, IServiceProvider services)
    {
        var said = AcknowledgeArguments.Read(args[1..]);
        if (said.Problem is not null)
        {
            return await FailAsync(2, said.Problem);
        }
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
        foreach (var part in plan.Parts)
        {
            Console.WriteLine($"  {part.Project}: {part.Amount.ToPlain()} USD");
        }
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
