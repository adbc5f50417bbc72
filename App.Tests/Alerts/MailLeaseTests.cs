using System.Net;
using System.Net.Sockets;
using Governance.Alerts;
using Governance.Tests.Ledger;

namespace Governance.Tests.Alerts;

public sealed class MailLeaseTests
{
    [Fact]
    public async Task WhileAServerTakesItsTimeNobodyElseSendsTheSame()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var settings = new MailSettings { Host = "127.0.0.1", Port = ((IPEndPoint)server.LocalEndpoint).Port, From = "governance@example.com", UseTls = false };
        var connection = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(mail: settings, connection: connection);
        await using var second = new LedgerRig(mail: settings, connection: connection);
        await first.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await first.SpendAsync(45m);
        await first.Get<AlertReader>().PassAsync(CancellationToken.None);
        // Asked for the lease a while ago, so that a good part of it is gone when the mail is handed over.
        first.Clock.Now += TimeSpan.FromSeconds(9);
        var sending = first.Get<MailSender>().PassAsync(CancellationToken.None);
        using (var silent = await server.AcceptTcpClientAsync())
        {
            first.Clock.Now += SmtpSender.Timeout;
            second.Clock.Now = first.Clock.Now;
            await first.SaveAsync(LedgerRig.Budget("search-month", "50", "search"));
            await second.Get<MailSender>().PassAsync(CancellationToken.None);
            Assert.False(server.Pending());
        }
        await sending;
        Assert.Equal((MailState.Waiting, 1), (await first.Get<MailQueries>().RecentAsync()).Select(mail => (mail.State, mail.Mail.Tries)).Single());
    }
}
