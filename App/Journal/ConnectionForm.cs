using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Journal;

/// <summary>Reads which store a connection string means: <c>Host=…</c> or <c>postgres://…</c> is PostgreSQL, <c>Data Source=…</c> or a path is a SQLite file.</summary>
static class ConnectionForm
{
    static readonly string[] schemes = ["postgres", "postgresql"];
    static readonly string[] hostKeys = ["Host", "Server"];
    static readonly string[] fileKeys = ["Data Source", "DataSource", "Filename"];

    /// <summary>The server, or null where the text means a file.</summary>
    public static NpgsqlConnectionStringBuilder? Postgres(string text)
    {
        try
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme))
            {
                return Named(OfAddress(address));
            }
            return Pairs(text) is { } pairs && hostKeys.Any(pairs.ContainsKey) ? Named(new NpgsqlConnectionStringBuilder(text)) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            // The text itself may hold a password and is not repeated.
            throw new ConnectionFault($"ConnectionStrings:Governance cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The file of a text that <see cref="Postgres"/> has answered null to.</summary>
    public static string File(string text)
    {
        if (Pairs(text) is { } pairs)
        {
            var file = fileKeys.Where(pairs.ContainsKey).Select(key => ((string)pairs[key]).Trim()).FirstOrDefault(file => file.Length > 0) ?? throw Neither();
            return IsOfAFile(text) ? Path(file) : throw Neither();
        }
        // A word alone is hardly meant as a file of that name beside the program.
        return text.Contains("://", StringComparison.Ordinal) || text.Contains('=', StringComparison.Ordinal) || text.IndexOfAny(['/', '\\', '.']) < 0 ? throw Neither() : Path(text.Trim());
    }

    /// <summary>SQL Server calls its server a data source, too: only what SQLite knows may stand beside it, and a file has no password.</summary>
    static bool IsOfAFile(string text)
    {
        try
        {
            return new SqliteConnectionStringBuilder(text).Password.Length == 0;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>A place on a disk: neither memory, nor a URI, nor a host with its port.</summary>
    static string Path(string file) => file.StartsWith(':') || file.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || (file.IndexOfAny([':', '/', '\\']) is var at and > 1 && file[at] == ':') || file.Any(char.IsControl) ? throw Neither() : file;

    static ConnectionFault Neither() => new("ConnectionStrings:Governance names no store. A SQLite file: \"Data Source=data/governance.db\". PostgreSQL: \"Host=…;Database=…;Username=…;Password=…\" or \"postgres://user:password@host/database\".");

    static NpgsqlConnectionStringBuilder Named(NpgsqlConnectionStringBuilder server) =>
        string.IsNullOrEmpty(server.Database) ? throw new ConnectionFault("ConnectionStrings:Governance names a PostgreSQL server but no database.") : server;

    static DbConnectionStringBuilder? Pairs(string text)
    {
        try
        {
            return text.Contains('=', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal) ? new DbConnectionStringBuilder { ConnectionString = text } : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    static NpgsqlConnectionStringBuilder OfAddress(Uri address)
    {
        var user = address.UserInfo.Split(':', 2);
        var server = new NpgsqlConnectionStringBuilder { Host = address.Host, Database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/')) };
        if (address.Port > 0)
        {
            server.Port = address.Port;
        }
        if (user[0].Length > 0)
        {
            server.Username = Uri.UnescapeDataString(user[0]);
        }
        if (user.Length > 1)
        {
            server.Password = Uri.UnescapeDataString(user[1]);
        }
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            // The words of libpq: sslmode=verify-full is VerifyFull here.
            var value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            server[parts[0].Replace('_', ' ')] = parts[0] == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return server;
    }
}

/// <summary><c>ConnectionStrings:Governance</c> says nothing that can be used.</summary>
sealed class ConnectionFault(string message, Exception? inner = null) : Exception(message, inner);
