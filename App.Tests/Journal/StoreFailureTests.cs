using Governance.Journal;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Governance.Tests.Journal;

/// <summary>What is told to people as a database that is away, and what is not.</summary>
public sealed class StoreFailureTests
{
    static readonly NpgsqlException s_refused = new("Failed to connect to 127.0.0.1:5432");

    public static TheoryData<Exception, bool> Failures => new()
    {
        { s_refused, true },
        { new InvalidOperationException("likely due to a transient failure", s_refused), true },
        { new PostgresException("terminating connection", "FATAL", "FATAL", "57P01"), true },
        { new PostgresException("duplicate key", "ERROR", "ERROR", "23505"), false },
        { new SqliteException("database is locked", 5), true },
        { new SqliteException("no such table", 1), false },
        { new StoreUnavailableException("the file is not there"), true },
        // A form that is broken, or whose sender left, is none of the database's doing, although it is an I/O exception.
        { new BadHttpRequestException("too large", 413), false },
        { new IOException("the client is gone"), false },
        { new InvalidOperationException("a fault of ours"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void OnlyAStoreThatIsNotThereIsAway(Exception failure, bool away) => Assert.Equal(away, StoreFailure.IsAway(failure));

    [Fact]
    public void WhatTheDriverSaidIsTold()
    {
        Assert.Equal(s_refused.Message, StoreFailure.Why(new InvalidOperationException("likely due to a transient failure", s_refused)));
        Assert.Equal("a fault of ours", StoreFailure.Why(new InvalidOperationException("a fault of ours")));
    }
}
