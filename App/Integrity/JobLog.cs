using Hangfire.Logging;
using HangfireLevel = Hangfire.Logging.LogLevel;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace Governance.Integrity;

/// <summary>
/// Hangfire's log goes where the host's does. Hangfire keeps one log for the whole process, and its threads may outlive the host by a moment:
/// what they say after the host's log was closed is left out, where the package's own bridge throws.
/// </summary>
sealed class JobLog(ILoggerFactory factory) : ILogProvider
{
    public ILog GetLogger(string name)
    {
        try
        {
            return new Log(factory.CreateLogger(name));
        }
        catch (ObjectDisposedException)
        {
            return new Log(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        }
    }

    sealed class Log(ILogger logger) : ILog
    {
        bool ILog.Log(HangfireLevel level, Func<string>? text, Exception? exception)
        {
            var at = LevelOf(level);
            if (!logger.IsEnabled(at))
            {
                return false;
            }
            if (text is not null)
            {
                logger.Log(at, default, text, exception, static (text, _) => text());
            }
            return true;
        }

        static Level LevelOf(HangfireLevel level) => level switch
        {
            HangfireLevel.Trace => Level.Trace,
            HangfireLevel.Debug => Level.Debug,
            HangfireLevel.Info => Level.Information,
            HangfireLevel.Warn => Level.Warning,
            HangfireLevel.Error => Level.Error,
            _ => Level.Critical,
        };
    }
}
