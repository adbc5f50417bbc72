using System.CommandLine;
using System.Diagnostics;
using Governance.Operations.Commands;
using Governance.Tests.Operations.Start;

namespace Governance.Tests.Operations.Commands;

/// <summary>What can be said to the program: every word is known or refused, settings of the host reach it in every form, and terminals alone see colours.</summary>
public sealed class CommandLineTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-words-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("sevre", "'sevre' is no command; did you mean 'serve'?")]
    [InlineData("--urls http://localhost:1 sevre", "'sevre' is no command; did you mean 'serve'?")]
    [InlineData("--ulrs=http://localhost:1", "'--ulrs=http://localhost:1' is nothing that can be said here; did you mean '--urls'?")]
    [InlineData("-urls=http://localhost:1", "is nothing that can be said here; did you mean '--urls'?")]
    [InlineData("--urls", "--urls needs a value, such as --urls http://localhost:5001.")]
    [InlineData("--urls --Governance:Bootstrap=x", "--urls needs a value")]
    [InlineData("verify --Governance:Bootstrap", "--Governance:Bootstrap needs a value")]
    [InlineData("--Govenance:Bootstrap=x", "did you mean Governance:Bootstrap")]
    [InlineData("--Governance__Bootstrap=x", "is nothing that can be said here")]
    [InlineData("verify --Governance:Bootsrap=x", "did you mean Governance:Bootstrap")]
    [InlineData("serve now", "'now' is nothing that can be said here.")]
    [InlineData("verify now", "'now' is nothing that can be said here.")]
    [InlineData("verify --jsn", "'--jsn' is nothing that can be said here; did you mean '--json'?")]
    [InlineData("verify --json=maybe", "'maybe' is nothing that can be said here.")]
    [InlineData("verify --fence", "'--fence' is nothing that can be said here.")]
    [InlineData("reconcile all", "'all' is nothing that can be said here.")]
    [InlineData("migrate --force", "'--force' is nothing that can be said here.")]
    [InlineData("backup a.db b.db", "'b.db' is nothing that can be said here.")]
    [InlineData("backup --froce a.db", "'--froce' is nothing that can be said here; did you mean '--force'?")]
    [InlineData("restore --fnce", "'--fnce' is nothing that can be said here; did you mean '--fence'?")]
    [InlineData("audit", "Say which: App audit export, App audit verify, App audit public-key.")]
    [InlineData("audit exprot trail.jsonl", "'exprot' is no command of App audit; did you mean 'export'?")]
    [InlineData("audit export", "<file> is missing; for example: App audit export trail.jsonl")]
    [InlineData("audit export a.jsonl --chain", "--chain needs a value: <name>.")]
    [InlineData("audit export a.jsonl --from 1 --from 2", "--from is said more than once.")]
    [InlineData("audit verify a.jsonl --public-key --json", "--public-key needs a value: <file>.")]
    [InlineData("audit public-key --pem", "'--pem' is nothing that can be said here.")]
    [InlineData("reset-password", "<email> is missing; for example: App reset-password maria@acme.test")]
    [InlineData("reset-pasword maria@acme.test", "'reset-pasword' is no command; did you mean 'reset-password'?")]
    [InlineData("sevre --help", "'sevre' is no command")]
    public void WhatNobodyKnowsIsNamedWithASuggestion(string args, string says) =>
        Assert.Contains(Faults(args), fault => fault.Contains(says, StringComparison.Ordinal));

    [Theory]
    [InlineData("", "App")]
    [InlineData("serve --urls http://localhost:1", "serve")]
    [InlineData("--urls http://localhost:1 --environment Development --Governance:Bootstrap=x", "App")]
    [InlineData("--contentRoot=/x --applicationName=App.Tests --Governance= --ConnectionStrings= --ConnectionStrings:Governance=Data", "App")]
    [InlineData("--HTTP_PORTS=8080", "App")]
    [InlineData("--set-by-the-host=1", "App")]
    [InlineData("/urls=http://localhost:1 Governance:ShowFirstKey=true", "App")]
    [InlineData("verify --json --Governance:Journal:Folder /data", "verify")]
    [InlineData("backup /backups/a=b.db --force", "backup")]
    [InlineData("backup -- --odd.db", "backup")]
    [InlineData("audit export - --chain=_system --from 2026-11-01T12:00Z", "export")]
    [InlineData("acknowledge --project main=3 --project=other=4", "acknowledge")]
    [InlineData("verify --help", "verify")]
    [InlineData("help verify", "verify")]
    public void WhatIsKnownIsTaken(string args, string command)
    {
        Assert.Empty(Faults(args));
        Assert.Equal(command, Parse(args).Parse.CommandResult.Command.Name);
    }

    [Theory]
    [InlineData("--urls http://localhost:1 verify", "--urls=http://localhost:1", "verify")]
    [InlineData("--Governance:Journal:Folder=/a=b", "--Governance:Journal:Folder=/a=b", "")]
    [InlineData("Governance:ShowFirstKey=true", "--Governance:ShowFirstKey=true", "")]
    [InlineData("acknowledge --project governance=3", "", "acknowledge --project governance=3")]
    [InlineData("acknowledge --project:main=3", "", "acknowledge --project:main=3")]
    [InlineData("backup -- --urls=x", "", "backup -- --urls=x")]
    public void SettingsAreTheHostsAndTheRestAreWords(string args, string settings, string words)
    {
        var said = HostArguments.Split(args.Split(' '), new HashSet<string>());
        Assert.Equal((settings, words), (string.Join(' ', said.Settings), string.Join(' ', said.Words)));
    }

    [Fact]
    public void EveryCommandSaysWhatItDoesAndShowsAnExampleThatIsUnderstood()
    {
        var commands = Below(Parse("").Parse.CommandResult.Command).ToList();
        Assert.Contains(commands, command => command.Name == "public-key");
        foreach (var command in commands)
        {
            var described = Assert.IsType<ExampleCommand>(command);
            Assert.NotEmpty(described.Examples);
            Assert.All(command.Options.Append<Symbol>(command).Concat(command.Arguments), symbol => Assert.False(string.IsNullOrEmpty(symbol.Description), $"{command.Name} {symbol.Name}"));
            foreach (var example in described.Examples)
            {
                Assert.StartsWith("App ", example, StringComparison.Ordinal);
                Assert.Empty(Faults(example[4..].Split(" > ")[0]));
            }
        }
    }

    [Fact]
    public async Task HelpIsPrintedAndTheSameWhereverItIsAskedFor()
    {
        var (code, output) = await AppCommand.RunAsync(folder.FullName, "verify", "--help");
        Assert.Equal(0, code);
        Assert.Contains("App verify --json > report.json", output, StringComparison.Ordinal);
        Assert.Equal((0, output), await AppCommand.RunAsync(folder.FullName, "help", "verify"));
        Assert.Contains("ConnectionStrings:Governance", (await AppCommand.RunAsync(folder.FullName, "--help")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sevre")]
    [InlineData("--urls http://127.0.0.1:1 sevre")]
    [InlineData("serve --urls http://127.0.0.1:1 --bootstrap x.yaml")]
    [InlineData("migrate now")]
    [InlineData("restore /backups/a.db --fence")]
    public async Task AWrongWordStartsNothing(string args)
    {
        var run = await StartRun.RunAsync(new Dictionary<string, string> { ["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(folder.FullName, "governance.db")}" }, args.Split(' '));
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.NotEmpty(run.Said);
        Assert.DoesNotContain("   at ", run.Said, StringComparison.Ordinal);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task SettingsOnTheCommandLineReachTheHostInEveryForm()
    {
        await using var app = await AppProcess.StartAsync(new AppStart { DataFolder = folder.FullName, Arguments = ["serve", "--Governance:ShowFirstKey", "true", "--environment=Development", "/Governance:Metrics:Public=true"] });
        await app.SaysAsync("sk-gov-");
        await app.SaysAsync("Hosting environment: Development");
        using var metrics = await app.Client.GetAsync(new Uri("metrics", UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public async Task TablesAndColoursAreForTerminalsOnly()
    {
        Assert.Equal(0, (await AppCommand.RunAsync(folder.FullName, "migrate")).Code);
        var (code, piped) = await AppCommand.RunAsync(folder.FullName, "verify");
        Assert.Equal(0, code);
        Assert.Contains("ok   I1         No hard cap is exceeded", piped, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', piped);

        var coloured = await OnTerminalAsync();
        Assert.Contains("╭", coloured, StringComparison.Ordinal);
        Assert.Contains("No hard cap", coloured, StringComparison.Ordinal);
        Assert.Matches("\u001b\\[[0-9;]*3[0-9]", coloured);
        var plain = await OnTerminalAsync(("NO_COLOR", "1"));
        Assert.Contains("╭", plain, StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*3[0-9]", plain);
    }

    /// <summary>As a person runs it, on a terminal of its own.</summary>
    async Task<string> OnTerminalAsync(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet {AppProcess.ProductAssembly} verify", "/dev/null"]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(folder.FullName, "governance.db")}";
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }

    static (HostArguments Said, CommandContext Context, ParseResult Parse) Parse(string args)
    {
        var said = HostArguments.Split(args.Split(' ', StringSplitOptions.RemoveEmptyEntries), new HashSet<string> { "set-by-the-host" });
        var context = new CommandContext(said.Settings);
        return (said, context, CommandLine.Parse(said.Words, context));
    }

    static IReadOnlyList<string> Faults(string args)
    {
        var (said, context, parse) = Parse(args);
        return CommandLine.Faults(said, context, parse);
    }

    static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);
}
