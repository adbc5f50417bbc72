using Governance.Members;
using Spectre.Console;

namespace Governance.Operations.Commands;

/// <summary>A line of a table: as plain text for a file or a pipe, and as cells for a terminal.</summary>
/// <param name="Good">True and false colour its first cell; null leaves it as it is.</param>
[Pure]
sealed record ScreenRow(string Plain, bool? Good, params string[] Cells);

/// <summary>How commands print: tables, colours and progress on a terminal, plain lines everywhere else. <c>NO_COLOR</c> is respected.</summary>
sealed class Screen(IAnsiConsole? terminal, TextWriter plain)
{
    /// <summary>Results.</summary>
    public static Screen Output => new(Console.IsOutputRedirected ? null : Terminal(Console.Out), Console.Out);

    /// <summary>What goes on meanwhile.</summary>
    public static Screen Errors => new(Console.IsErrorRedirected ? null : Terminal(Console.Error), Console.Error);

    public static IAnsiConsole Terminal(TextWriter writer, AnsiSupport ansi = AnsiSupport.Detect, bool? isColoured = null) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = ansi,
        ColorSystem = isColoured ?? string.IsNullOrEmpty(EnvironmentSecret.Read("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(writer),
    });

    public void Print(IReadOnlyList<string> headings, IReadOnlyList<ScreenRow> rows)
    {
        if (terminal is null)
        {
            foreach (var row in rows)
            {
                plain.WriteLine(row.Plain);
            }
            return;
        }
        if (rows.Count == 0)
        {
            return;
        }
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading)));
        }
        foreach (var row in rows)
        {
            table.AddRow(row.Cells.Select((cell, at) => new Text(cell, at > 0 || row.Good is not { } good ? Style.Plain : new Style(good ? Color.Green : Color.Red))));
        }
        terminal.Write(table);
    }

    /// <summary>A sentence in green where it is good news, else in red.</summary>
    public void Print(string sentence, bool good)
    {
        if (terminal is null)
        {
            plain.WriteLine(sentence);
            return;
        }
        terminal.Write(new Text(sentence, new Style(good ? Color.Green : Color.Red)));
        terminal.WriteLine();
    }

    /// <summary>Runs work that takes a while. On a terminal one line tells how far it is; elsewhere each report is a line.</summary>
    public async Task<T> WithProgressAsync<T>(string beginning, Func<IProgress<string>, Task<T>> work) => terminal is null
        ? await work(new Lines(plain.WriteLine))
        : await terminal.Status().StartAsync(Markup.Escape(beginning), status => work(new Lines(text => status.Status(Markup.Escape(text)))));

    /// <summary>Reports at once and in order.</summary>
    sealed class Lines(Action<string> write) : IProgress<string>
    {
        public void Report(string value) => write(value);
    }
}
