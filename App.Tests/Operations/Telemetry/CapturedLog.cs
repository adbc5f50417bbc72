using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Operations.Telemetry;

/// <summary>One line of a log, with its named parts.</summary>
sealed record LogLine(string Category, LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Parts);

/// <summary>Keeps what is logged.</summary>
sealed class CapturedLog : ILoggerProvider
{
    readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyList<LogLine> Of(string category) => [.. lines.Where(line => line.Category == category)];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose() { }

    sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(category, logLevel, formatter(state, exception),
                (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(part => part.Key, part => part.Value)));
    }
}
