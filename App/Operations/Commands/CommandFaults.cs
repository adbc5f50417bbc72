using System.CommandLine;
using System.CommandLine.Parsing;
using Governance.Audit;
using Governance.Documents.Text;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary>Says what of a command line cannot be meant: words that nobody knows, what is missing, what was said twice.</summary>
static class CommandFaults
{
    /// <summary>A sentence each, and where to read more; empty where all is well.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        var faults = Sentences(parse).Distinct(StringComparer.Ordinal).ToList();
        return faults.Count == 0 ? [] : [.. faults, $"See {PathOf(parse.CommandResult)} --help."];
    }

    static IEnumerable<string> Sentences(ParseResult parse)
    {
        if (parse.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => option.Tokens.Any(token => IsKnown(token.Value, parse.CommandResult.Command))) is { } valueless)
        {
            // The framework takes the next option for the value.
            return [NeedsValue(valueless)];
        }
        var unknown = Unknown(parse);
        return unknown.Count > 0 ? unknown.Select(word => Sentence(word, parse.CommandResult)) : parse.Errors.Select(error => Sentence(error, parse.CommandResult));
    }

    /// <summary>Where options are unknown, only those: what stands behind one may be its value.</summary>
    static List<string> Unknown(ParseResult parse)
    {
        var isEnded = parse.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        var options = parse.CommandResult.Children.SelectMany(child => child switch
        {
            // The framework takes a word with a dash for an argument where it knows no such option.
            ArgumentResult argument when !isEnded => argument.Tokens.Select(token => token.Value).Where(IsOption),
            OptionResult option => option.Tokens.Select(token => token.Value).Where(value => value.StartsWith("--", StringComparison.Ordinal)),
            _ => [],
        }).Concat(parse.UnmatchedTokens.Where(IsOption)).ToList();
        // Behind a word that is no command nothing can be known.
        return options.Count > 0 && !IsGroup(parse.CommandResult.Command) ? options
            : parse.UnmatchedTokens.Count > 0 && !IsOption(parse.UnmatchedTokens[0]) ? [parse.UnmatchedTokens[0], .. IsGroup(parse.CommandResult.Command) ? [] : parse.UnmatchedTokens.Skip(1)]
            : options;
    }

    static string Sentence(string word, CommandResult result)
    {
        var command = result.Command;
        if (!IsOption(word) && IsGroup(command))
        {
            var group = result.Parent is null ? "" : $" of {PathOf(result)}";
            return $"'{Shown(word)}' is no command{group}{Suggestion(word, command.Subcommands.Select(known => known.Name))}";
        }
        var name = word.Split('=')[0];
        if (name.Contains(':', StringComparison.Ordinal)
            && SettingsCheck.Unknown(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(name.TrimStart('-'), (string?)"")]).Build()) is [var setting, ..])
        {
            return setting;
        }
        var known = command.Options.Select(option => option.Name).Concat(HostArguments.Names.Select(setting => $"--{setting}")).Append("--help");
        return $"'{Shown(word)}' is nothing that can be said here{Suggestion(name, IsOption(word) ? known : [])}";
    }

    static string Sentence(ParseError error, CommandResult result) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option => NeedsValue(option),
        OptionResult { IdentifierTokenCount: > 1 } option => $"{option.Option.Name} is said more than once.",
        ArgumentResult { Tokens.Count: 0 } argument => Missing(argument.Argument, result.Command),
        CommandResult { Command: { Action: null } group } => $"Say which: {string.Join(", ", group.Subcommands.Select(command => $"{PathOf(result)} {command.Name}"))}.",
        CommandResult { Command.Arguments: [var first, ..] } => Missing(first, result.Command),
        _ => error.Message,
    };

    static string NeedsValue(OptionResult option) => $"{option.Option.Name} needs a value: <{option.Option.HelpName ?? "value"}>.";

    static bool IsKnown(string word, Command command) => command.Options.Any(option => option.Name == word);

    static string Missing(Argument argument, Command command) => $"<{argument.Name}> is missing{(command is ExampleCommand { Examples: [var example, ..] } ? $"; for example: {example}" : ".")}";

    static bool IsGroup(Command command) => command.Subcommands.Count > 0;

    static bool IsOption(string word) => word.Length > 1 && word.StartsWith('-');

    static string Suggestion(string word, IEnumerable<string> known) => Words.Nearest(word, known) is { } near ? $"; did you mean '{near}'?" : ".";

    static string Shown(string word) => DocumentPath.Shown(word);

    static string PathOf(CommandResult result) => result.Parent is CommandResult above ? $"{PathOf(above)} {result.Command.Name}" : result.Command.Name;
}
