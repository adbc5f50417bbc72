namespace Governance.Configuration.Documentation;

/// <summary><c>App reference document|settings</c>: prints what can be configured, as the documentation has it.</summary>
static class ReferenceCommand
{
    public static int Run(string? what)
    {
        switch (what)
        {
            case "document":
                Console.Out.Write(ReferenceText.Document());
                return 0;
            case "settings":
                Console.Out.Write(ReferenceText.Settings());
                return 0;
            default:
                Console.Error.WriteLine("Say which: App reference document, or App reference settings.");
                return StartUp.Failed;
        }
    }
}
