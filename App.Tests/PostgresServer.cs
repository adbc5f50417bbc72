using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Governance.Journal;
using Npgsql;

namespace Governance.Tests;

/// <summary>A real PostgreSQL server on a loopback port, with its data in a temporary folder and fsync on; started when the first test asks for it, stopped with the process.</summary>
public sealed class PostgresServer
{
    const int Interrupt = 2;
    const int Quit = 3;
    static readonly Lazy<PostgresServer> shared = new(() => new PostgresServer());
    readonly string folder;
    readonly int port;
    Process process;
    readonly Lazy<string> template;
    int databases;

    /// <summary>A server of its own, for tests that kill it.</summary>
    public PostgresServer()
    {
        folder = Directory.CreateTempSubdirectory("governance-postgres-").FullName;
        port = Ports.Free();
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            Run("chown", "postgres", folder);
        }
        Run([.. AsServer(), Path.Combine(Programs, "initdb"), "--pgdata", Data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        process = Start();
        template = new Lazy<string>(() =>
        {
            var name = Create("governance_template", "template1");
            using var migrated = Database.Take(new JournalSettings(Connection(name)));
            return name;
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(Quit, delete: true);
    }

    /// <summary>The server of this test run.</summary>
    public static PostgresServer Shared => shared.Value;

    string Data => Path.Combine(folder, "data");

    static string Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(version => int.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture)).Select(version => Path.Combine(version, "bin")).First()
        : throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql");

    /// <summary>The connection string of a new database with this version's tables.</summary>
    public string NewDatabase()
    {
        lock (template)
        {
            return Connection(Create(string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref databases)}"), template.Value));
        }
    }

    /// <summary>The connection string of a new database with nothing in it.</summary>
    public string EmptyDatabase()
    {
        lock (template)
        {
            return Connection(Create(string.Create(CultureInfo.InvariantCulture, $"empty_{Interlocked.Increment(ref databases)}"), "template1"));
        }
    }

    /// <summary>The connection string of a new database with what is in another one, of which every connection is ended.</summary>
    public string Copy(string connection)
    {
        var from = new NpgsqlConnectionStringBuilder(connection).Database!;
        lock (template)
        {
            Execute(Connection("postgres"), $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
            return Connection(Create(string.Create(CultureInfo.InvariantCulture, $"copy_{Interlocked.Increment(ref databases)}"), from));
        }
    }

    /// <summary>Puts the copy in the place of the database that it was made of, whose connections are ended: a restore under whoever runs on it.</summary>
    public void Replace(string connection, string copy)
    {
        var (name, by) = (new NpgsqlConnectionStringBuilder(connection).Database!, new NpgsqlConnectionStringBuilder(copy).Database!);
        lock (template)
        {
            Execute(Connection("postgres"), $"DROP DATABASE {name} WITH (FORCE)");
            Execute(Connection("postgres"), $"ALTER DATABASE {by} RENAME TO {name}");
        }
    }

    /// <summary>Ends the server as a power cut would: its processes die at once, and nothing is written any more.</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Starts it again after <see cref="Kill"/>.</summary>
    public void Restart() => process = Start();

    public void Stop(bool delete = true) => Stop(Interrupt, delete);

    void Stop(int signal, bool delete)
    {
        if (!process.HasExited)
        {
            _ = SendSignal(process.Id, signal);
            process.WaitForExit(10_000);
        }
        if (delete && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static void Execute(string connection, string sql)
    {
        using var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        open.Open();
#pragma warning disable CA2100 // The statements are literals of these tests.
        using var command = new NpgsqlCommand(sql, open);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The one value that a query answers.</summary>
    public static object Ask(string connection, string sql)
    {
        using var open = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString);
        open.Open();
#pragma warning disable CA2100 // The statements are literals of these tests.
        using var command = new NpgsqlCommand(sql, open);
#pragma warning restore CA2100
        return command.ExecuteScalar()!;
    }

    string Create(string name, string from)
    {
        Execute(Connection("postgres"), $"CREATE DATABASE {name} TEMPLATE {from}");
        return name;
    }

    string Connection(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Maximum Pool Size=10");

    Process Start()
    {
        string[] command = [.. AsServer(), Path.Combine(Programs, "postgres"), "-D", Data, "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder,
            "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=1000", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal", "-c", "log_min_error_statement=panic"];
        // Output goes nowhere, because a full pipe would stop the server; and it keeps nothing open that the tests were started with,
        // such as a lock. A watcher stops it where the tests are killed, which run no handler.
        var started = Process.Start(new ProcessStartInfo("/bin/bash", ["-c",
            "for fd in /proc/self/fd/*; do fd=${fd##*/}; [ $fd -gt 2 ] && eval \"exec $fd>&-\"; done 2>/dev/null; exec >/dev/null 2>&1 </dev/null; "
            + "me=$$; (while kill -0 $0 && kill -0 $me; do sleep 1; done; kill -QUIT $me) & exec \"$@\"",
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. command]))!;
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                Execute(Connection("postgres"), "SELECT 1");
                return started;
            }
            catch (NpgsqlException) when (clock.Elapsed < TimeSpan.FromSeconds(30) && !started.HasExited)
            {
                // Not up yet.
            }
        }
    }

    static string[] AsServer() => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    static void Run(params string[] command)
    {
        using var run = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var error = run.StandardError.ReadToEndAsync();
        run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command[0]} ended with {run.ExitCode}: {error.Result}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int process, int signal);
}

/// <summary>The stores that the same tests run on.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}
