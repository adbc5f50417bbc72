using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Governance.Journal;
using Governance.Journal.Sqlite;
using Governance.Shell.Door;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;

namespace Governance.Operations.Start;

/// <summary>How the process comes up, or says in one sentence on the error stream why it does not. It then ends with <see cref="Failed"/>.</summary>
static class StartUp
{
    /// <summary>The exit code of a process that could not start.</summary>
    public const int Failed = 2;

    static volatile bool serving;

    /// <summary>The host's parts, once every setting was found right; null, with every fault printed, where one was not.</summary>
    /// <param name="isCommand">A command says itself what it could not open, and goes on; the framework would print a stack for each key.</param>
    public static WebApplicationBuilder? Prepare(string[] args, bool isCommand = false)
    {
        try
        {
            var builder = ProgramFolder.CreateBuilder(args);
            var faults = SettingsCheck.Faults(builder.Configuration);
            faults.ForEach(fault => Console.Error.WriteLine(fault));
            if (faults.Count > 0)
            {
                return null;
            }
            // With time stamps, one line each; whoever is slow to read them does not slow calls down.
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
            builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => (console.QueueFullMode, console.MaxQueueLength) = (Microsoft.Extensions.Logging.Console.ConsoleLoggerQueueFullMode.DropWrite, 10_000));
            // What goes wrong while it starts is said once, by us, and not with a stack.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => serving && level >= LogLevel.Information);
            builder.Logging.AddFilter("Hangfire", LogLevel.Warning);
            if (isCommand)
            {
                builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.None);
            }
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= LogLevel.Warning && (serving || level < LogLevel.Critical));
            return builder;
        }
        catch (Exception exception) when (IsFault(exception))
        {
            Console.Error.WriteLine(Sentence(exception));
            return null;
        }
    }

    /// <summary>Says what of the settings nobody reads, and tries whether the addresses are free, before anything is written. False, with the reason printed, where one is not.</summary>
    public static bool CanListen(this WebApplication app)
    {
        foreach (var unknown in SettingsCheck.Unknown(app.Configuration))
        {
            Log(app, unknown);
        }
        if (app.Services.GetRequiredService<DoorSettings>().HostsUnsaid)
        {
            Log(app, "Pages answer under every name, because it listens on every address and nothing says which names are its own; set Governance:PublicUrl, or AllowedHosts.");
        }
        if (app.Services.GetRequiredService<IServer>().GetType().Namespace?.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) != true
            || app.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            return true;
        }
        foreach (var url in SettingsCheck.Addresses(app.Configuration))
        {
            if (Taken(BindingAddress.Parse(url)) is { } why)
            {
                Console.Error.WriteLine($"Urls: it cannot listen on {url}: {why}.");
                return false;
            }
        }
        return true;
    }

    /// <summary>Serves until it is told to stop. False, with the reason printed, where it could not begin.</summary>
    public static async Task<bool> ServeAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
            serving = true;
            await app.WaitForShutdownAsync();
            return true;
        }
        catch (OperationCanceledException) when (!serving && app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop while it was still coming up.
            return true;
        }
        catch (Exception exception) when (!serving && IsFault(exception))
        {
            await Console.Error.WriteLineAsync(Sentence(exception));
            return false;
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>True for what a setting, a file, a port or the database can be the reason of.</summary>
    public static bool IsFault(Exception exception) => exception is DatabaseInUseException or ConnectionFault or InvalidOperationException or DbException or DbUpdateException or IOException or UnauthorizedAccessException
        or SocketException or FormatException or InvalidDataException or ArgumentException or NotSupportedException or StoreUnavailableException or JournalUnavailableException or Microsoft.Extensions.Options.OptionsValidationException;

    /// <summary>What went wrong, on one line; of a failure that is told in general terms, what lies under it.</summary>
    public static string Sentence(Exception exception)
    {
        var told = exception is InvalidDataException or DbUpdateException && exception.InnerException is { } inner ? $"{exception.Message} {inner.Message}" : StoreFailure.Why(exception);
        return string.Join(' ', told.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    static string? Taken(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0)
        {
            return null;
        }
        var host = address.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Any;
        try
        {
            using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(host, address.Port));
            socket.Listen();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "another process listens there. Stop that one, or say another address (Urls, --urls http://localhost:5001)" : exception.Message;
        }
    }

    static void Log(WebApplication app, string sentence)
    {
#pragma warning disable CA1848, CA2254 // Said once, at the start.
        app.Logger.LogWarning(sentence);
#pragma warning restore CA1848, CA2254
    }
}
