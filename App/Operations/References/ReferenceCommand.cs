using Governance.Operations.Commands;

namespace Governance.Operations.References;

/// <summary><c>App reference document|settings</c>: prints what can be configured, as the documentation has it.</summary>
static class ReferenceCommand
{
    public static ExampleCommand Build()
    {
        var command = new ExampleCommand("reference", "Print every key of the document, or every setting of the host, with what it says.", "App reference document", "App reference settings");
        command.Add(Printing("document", "Every key of the document.", ReferenceText.Document));
        command.Add(Printing("settings", "Every setting of the host.", ReferenceText.Settings));
        return command;
    }

    static ExampleCommand Printing(string name, string description, Func<string> text)
    {
        var command = new ExampleCommand(name, description, $"App reference {name}");
        command.SetAction(_ =>
        {
            Console.Out.Write(text());
            return 0;
        });
        return command;
    }
}
