using Governance.Journal;
using Microsoft.Extensions.Configuration;

namespace Governance.Tests.Journal;

public sealed class ConnectionFormTests
{
    [Theory]
    [InlineData("Data Source=data/governance.db", "governance.db")]
    [InlineData("DataSource=/tmp/x.db;Cache=Shared", "x.db")]
    [InlineData("data/plain.db", "plain.db")]
    public void APathIsASqliteFile(string text, string file)
    {
        var settings = new JournalSettings(text);
        Assert.False(settings.IsShared);
        Assert.Equal(file, Path.GetFileName(settings.File));
    }

    [Theory]
    [InlineData("Host=db.internal;Database=governance;Username=gov;Password=secret", "governance on db.internal")]
    [InlineData("Server=db.internal;Database=governance", "governance on db.internal")]
    [InlineData("postgres://gov:se%3Dcret@db.internal:5433/governance?sslmode=verify-full", "governance on db.internal")]
    [InlineData("postgresql://db.internal/governance", "governance on db.internal")]
    public void AServerIsPostgres(string text, string place)
    {
        var settings = new JournalSettings(text);
        Assert.True(settings.IsShared);
        Assert.Equal(place, settings.Place);
        Assert.Contains("default_transaction_read_only=on", settings.ReadConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressKeepsPortPasswordAndEncryption()
    {
        var server = ConnectionForm.Postgres("postgres://gov:se%3Dcret@db.internal:5433/governance?sslmode=verify-full")!;
        Assert.Equal((5433, "gov", "se=cret", Npgsql.SslMode.VerifyFull), (server.Port, server.Username, server.Password, server.SslMode));
    }

    [Theory]
    [InlineData("mysql://somewhere/db")]
    [InlineData("Uid=x;Pwd=y")]
    [InlineData("Host=db.internal")]
    [InlineData("Host=db.internal;Database=governance;Colour=blue")]
    public void AnythingElseIsAFaultThatSaysWhatIsWanted(string text)
    {
        var fault = Assert.Throws<ConnectionFault>(() => new JournalSettings(text));
        Assert.StartsWith("ConnectionStrings:Governance", fault.Message, StringComparison.Ordinal);
        Assert.Null(JournalSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Governance", text)]).Build()));
    }
}
