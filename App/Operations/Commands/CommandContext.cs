using Governance.Journal;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary>What commands share: the settings that they are given, and whether they need the rooms.</summary>
/// <param name="settings">Each as <c>--name=value</c>.</param>
sealed class CommandContext(string[] settings)
{
    IConfiguration? configuration;

    public IConfiguration Configuration => configuration ??= ProgramFolder.ReadSettings(settings);

    /// <summary>True where it is to serve.</summary>
    public bool Serves { get; private set; }

    /// <summary>What is to be done once the rooms are open; null where the command was done without them.</summary>
    public Func<IServiceProvider, Task<int>>? InRooms { get; private set; }

    /// <summary>Runs a command that needs only to know where the database is; 2, with every fault printed, where the settings do not tell.</summary>
    public async Task<int> WithStoreAsync(Func<JournalSettings, Task<int>> run)
    {
        var faults = SettingsCheck.StoreFaults(Configuration);
        faults.ForEach(fault => Console.Error.WriteLine(fault));
        return faults.Count == 0 && JournalSettings.Read(Configuration) is { } store ? await run(store) : StartUp.Failed;
    }

    public int Serve()
    {
        Serves = true;
        return 0;
    }

    public int RunInRooms(Func<IServiceProvider, Task<int>> run)
    {
        InRooms = run;
        return 0;
    }

    /// <summary>Settings on the command line that nothing reads, as a sentence each: whoever runs a command sees at once that it did not do what was meant.</summary>
    public IReadOnlyList<string> Unread() => SettingsCheck.Unknown(new ConfigurationBuilder().AddCommandLine(settings).Build());

    /// <summary>What the environment tells the host, by the names that the host knows it under.</summary>
    public static IReadOnlySet<string> HostNamesOfEnvironment() =>
        new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables("DOTNET_").Build().AsEnumerable().Select(variable => variable.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
