using Governance.Alerts;
using Governance.Budgets;
using Governance.Budgets.Balances;
using Governance.Tests.Ledger;
using Governance.Tests.Proofs;

namespace Governance.Tests.Alerts;

/// <summary>Many calls cross thresholds at once, the mail server is down, and the process starts again and again: each threshold is one claim and one message.</summary>
public sealed class WarningStormTests
{
    [Fact]
    public async Task FiveHundredCrossingsAtOnceAreOneMessageForEachThreshold()
    {
        var port = Ports.Free();
        var settings = new MailSettings { Host = "127.0.0.1", Port = port, From = "governance@example.com", UseTls = false };
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-storm-").FullName;
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        try
        {
            await using (var rig = new LedgerRig(folder, settings, now))
            {
                await rig.SaveAsync(LedgerRig.Budget("storm", "50") with
                {
                    AlertEmail = "lisa@example.com",
                    HardBlock = false,
                    Thresholds = [new Threshold(50, Severity.Info), new Threshold(80), new Threshold(100, Severity.Critical)],
                });
                // Each of them alone would cross all three.
                var calls = Enumerable.Range(0, 500).Select(_ => rig.Call(50m)).ToList();
                await Task.WhenAll(calls.Select(rig.HoldAsync));
                await Task.WhenAll(calls.Select(call => rig.SettleAsync(call, 50m)));
                Assert.Equal(3, rig.Events(ThresholdNotice.Action).Count);
            }
            for (var start = 0; start < (Effort.Full ? 100 : 5); start++)
            {
                await using var rig = new LedgerRig(folder, settings, now = now.AddMinutes(1));
                await PassAsync(rig);
                await rig.SpendAsync(10m);
                await PassAsync(rig);
            }
            using var server = await SmtpServer.StartAsync(port);
            for (var start = 0; start < 3; start++)
            {
                await using var rig = new LedgerRig(folder, settings, now = now.AddHours(2));
                await PassAsync(rig);
                Assert.Equal(3, rig.Events(ThresholdNotice.Action).Count);
                Assert.Equal(3, rig.Events("mail.sent").Count);
            }
            var mails = await server.ReceiveAsync(3);
            Assert.Equal(3, mails.Select(mail => mail.MessageId).Distinct().Count());
            Assert.Equal(["Critical: chat-widget reached 100 %", "Info: chat-widget reached 50 %", "Warning: chat-widget reached 80 %"], mails.Select(mail => mail.Subject.Split(" of its")[0]).Order());
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    static async Task PassAsync(LedgerRig rig)
    {
        await rig.Get<AlertReader>().PassAsync(CancellationToken.None);
        await rig.Get<MailSender>().PassAsync(CancellationToken.None);
    }
}
