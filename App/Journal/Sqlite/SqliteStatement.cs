using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Governance.Journal.Sqlite;

/// <summary>A statement that SQLite has prepared once, bound and stepped without the layers above it.</summary>
sealed class SqliteStatement : Statement
{
    readonly sqlite3 database;
    readonly sqlite3_stmt handle;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle ?? throw new UnreachableException("The journal's connection is closed.");
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out handle));
    }

    public override Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public override Statement Bind(int index, long? value) => value is { } known ? Bind(index, known) : BindNull(index);

    public override Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            return BindNull(index);
        }
        Check(raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    public override Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public override bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }
        Reset();
        if (code != raw.SQLITE_DONE)
        {
            Check(code);
        }
        return false;
    }

    public override int Run()
    {
        while (Step())
        {
        }
        return raw.sqlite3_changes(database);
    }

    public override long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public override string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public override byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public override bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public override void Reset() => _ = raw.sqlite3_reset(handle);

    public override void Dispose() => handle.Dispose();

    SqliteStatement BindNull(int index)
    {
        Check(raw.sqlite3_bind_null(handle, index));
        return this;
    }

    void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), code, raw.sqlite3_extended_errcode(database));
        }
    }
}
