using Governance.Alerts;
using Governance.Tests.Ledger;
using Governance.Tests.Operations.Telemetry;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Alerts;

/// <summary>One line for each try to send a mail that failed, without the address that it was for.</summary>
public sealed class MailLogTests
{
    readonly int port = Ports.Free();

    MailSettings Settings => new() { Host = "127.0.0.1", Port = port, From = "governance@example.com", UseTls = false, PublicUrl = "https://gov.example.com" };

    [Fact]
    public async Task EveryTryThatFailsIsOneLineAndOneThatIsGivenUpIsAnError()
    {
        using var log = new CapturedLog();
        await using var rig = new LedgerRig(mail: Settings, log: log);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "nobody@example.com" });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        var failed = Assert.Single(log.Of(MailLog.Category));
        Assert.Equal((LogLevel.Warning, 1), (failed.Level, failed.Parts["Tries"]));
        Assert.StartsWith("<threshold.chat-month.2026-11.80.", (string)failed.Parts["MessageId"]!, StringComparison.Ordinal);
        Assert.Equal(new DateTime(2026, 11, 22, 12, 1, 0, DateTimeKind.Utc), failed.Parts["NextTry"]);
        Assert.Contains("refused", (string)failed.Parts["Error"]!, StringComparison.OrdinalIgnoreCase);

        using var server = await SmtpServer.StartAsync(port);
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await PassAsync(rig);
        var givenUp = Assert.Single(log.Of(MailLog.Category), line => line.Level == LogLevel.Error);
        Assert.Equal((2, "no such mailbox"), (givenUp.Parts["Tries"], givenUp.Parts["Error"]));
        Assert.Contains($"Mail {Assert.Single(await rig.Get<MailQueries>().RecentAsync()).Mail.Id} was given up: ", givenUp.Text, StringComparison.Ordinal);
        Assert.Equal(2, log.Of(MailLog.Category).Count);
    }

    [Fact]
    public async Task AMailThatIsSentIsNoLineAndAWarningForNobodyIsOne()
    {
        using var log = new CapturedLog();
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, log: log);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        await server.ReceiveAsync(1);
        Assert.Empty(log.Of(MailLog.Category));

        await rig.SaveAsync(LedgerRig.Budget("all-month", "50", project: null));
        await rig.SpendAsync(1m);
        await PassAsync(rig);
        var line = Assert.Single(log.Of(MailLog.Category));
        Assert.Equal((LogLevel.Error, "mail.nobody_to_tell", "all-month"), (line.Level, line.Parts["Reason"], line.Parts["Budget"]));
    }

    [Fact]
    public async Task AServerWithoutTlsIsToldWithTheSettingsThatMatter()
    {
        using var server = await SmtpServer.StartAsync(port);
        var mail = new MailRow { MessageId = "<one@governance>", Recipient = "lisa@example.com", Subject = "Subject", Body = "Body" };
        var result = await new SmtpSender(Settings with { UseTls = true }).SendAsync(mail);
        Assert.Equal(SendEnd.Later, result.End);
        Assert.Contains("Governance:Smtp:Port", result.Error, StringComparison.Ordinal);
        Assert.Contains("Governance:Smtp:UseTls=false", result.Error, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    /// <summary>Servers like to repeat the address, and whatever else they were sent.</summary>
    [Fact]
    public void TheAddressIsLeftOutOfWhatTheServerSays()
    {
        using var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var mail = new MailRow { MessageId = "<one@governance>", Recipient = "Lisa@example.com", Subject = "Subject", Body = "Body" };
        new MailLog(loggers).Record(mail, new SendResult(SendEnd.Later, "5.1.1 <lisa@example.com>:\r\nnot now" + new string('x', 1000)), 1, DateTimeOffset.UnixEpoch);
        var line = Assert.Single(log.Of(MailLog.Category));
        Assert.DoesNotContain("lisa", line.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', line.Text);
        Assert.StartsWith("5.1.1 <(the recipient)>:  not now", (string)line.Parts["Error"]!, StringComparison.Ordinal);
        Assert.Equal(300, ((string)line.Parts["Error"]!).Length);
    }

    static async Task PassAsync(LedgerRig rig)
    {
        await rig.Get<AlertReader>().PassAsync(CancellationToken.None);
        await rig.Get<MailSender>().PassAsync(CancellationToken.None);
    }
}
