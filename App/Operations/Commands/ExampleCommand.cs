using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Governance.Operations.Commands;

/// <summary>A command that shows in its help how it is used.</summary>
sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>Stands at the end of its help; empty where there is nothing to add.</summary>
    public string Further { get; set; } = "";
}

/// <summary>The framework's help, with the examples of the command behind it.</summary>
sealed class ExampleHelp(HelpAction framework) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        framework.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine($"  {example}");
            }
            if (command.Further.Length > 0)
            {
                output.WriteLine();
                output.WriteLine(command.Further);
            }
        }
        return 0;
    }
}
