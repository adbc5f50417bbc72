using Governance.Audit;
using Governance.Gateway;
using Governance.Ledger;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Configuration;

/// <summary><c>App acknowledge</c>: says what was spent since the backup that a fenced ledger goes on from, and admits calls again.</summary>
static class AcknowledgeCommand
{
    const string Spent = "--spent-since-backup";
    const string Project = "--project";

    public static async Task<int> RunAsync(string[] args, IServiceProvider services)
    {
        var directory = services.GetRequiredService<DirectoryShelf>().Current;
        var (spent, problem) = Read(args, directory);
        if (problem is not null)
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }
        var ids = services.GetRequiredService<CallIds>();
        var sentence = await services.GetRequiredService<FenceLifting>().LiftAsync(spent, directory.Workspace.Id, new Actor(ActorKind.System, "command-line"), ids.Next);
        if (sentence is null)
        {
            await Console.Error.WriteLineAsync("There is no fence: calls are taken already, and nothing was entered.");
            return 1;
        }
        Console.WriteLine(sentence);
        return 0;
    }

    /// <summary>Pairs of an amount and, where it is said, its project.</summary>
    static (List<SpentSince> Spent, string? Problem) Read(string[] args, Projects.Directory directory)
    {
        var spent = new List<SpentSince>();
        for (var i = 1; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var key, var behind] ? (key, behind) : (args[i], i + 1 < args.Length ? args[++i] : "");
            if (name == Spent)
            {
                if (!Money.TryParse(value, out var amount) || amount < Money.Zero)
                {
                    return ([], $"'{value}' is no amount in dollars, such as 12.50; 0 says that nothing was spent.");
                }
                spent.Add(new SpentSince(amount, null));
            }
            else if (name == Project)
            {
                if (spent.Count == 0 || spent[^1].Project is not null || !directory.Projects.ContainsKey(value))
                {
                    return ([], directory.Projects.ContainsKey(value) ? $"{Project} stands behind the {Spent} that it belongs to." : $"There is no project '{value}'.");
                }
                spent[^1] = spent[^1] with { Project = value };
            }
        }
        return spent.Count == 0 ? ([], $"Say what was spent: App acknowledge {Spent} <usd> [{Project} <id>], more than once where several projects spent; 0 where nothing was.") : (spent, null);
    }
}
