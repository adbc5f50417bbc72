using Governance.Alerts;
using Governance.Budgets;
using Governance.Integrity.Checks;
using Governance.Journal;
using Governance.Members;
using Governance.Tests.Ledger;
using Governance.Tests.Shell;

namespace Governance.Tests.Alerts;

public abstract class MailTests(Store store)
{
    readonly int port = Ports.Free();

    MailSettings Settings => new() { Host = "127.0.0.1", Port = port, From = "governance@example.com", UseTls = false, PublicUrl = "https://gov.example.com" };

    [Fact]
    public async Task AThresholdIsMailedOnceAMonthHoweverMuchIsSpentBeyondIt()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(39.99m);
        await PassAsync(rig);
        Assert.Empty(server.Received);
        await rig.SpendAsync(0.01m);
        await PassAsync(rig);
        await rig.SpendAsync(5m);
        await PassAsync(rig);
        await PassAsync(rig);

        var mail = Assert.Single(await server.ReceiveAsync(1));
        Assert.Equal("Warning: chat-widget reached 80 % of its $50.00 November cap", mail.Subject);
        Assert.Equal(("lisa@example.com", "governance@example.com"), (Assert.Single(mail.To), mail.From));
        Assert.Matches("^<threshold\\.chat-month\\.2026-11\\.80\\.[0-9a-f]{16}@governance>$", mail.MessageId);
        foreach (var line in (string[])["Spent:   $40.00", "Cap:     $50.00 (chat-month, 2026-11)", "Resets:  1 December 2026 00:00 (UTC)", "At 100 % calls stop", "https://gov.example.com/dashboard/usage", "https://gov.example.com/dashboard/policy", "You get this once in a calendar month."])
        {
            Assert.Contains(line, mail.Body, StringComparison.Ordinal);
        }
        Assert.Equal("lisa@example.com was told: Warning: chat-widget reached 80 % of its $50.00 November cap.", Assert.Single(rig.Events("mail.sent")).Sentence);
        Assert.Equal(MailState.Sent, Assert.Single(await rig.Get<MailQueries>().RecentAsync()).State);
        Assert.True((await Verification.VerifyAsync(rig.Settings.ReadConnectionString, null)).IsClean);
    }

    [Fact]
    public async Task WhileTheServerIsDownTheMailWaitsLongerAndLongerAndIsThenSent()
    {
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        Assert.Equal(TimeSpan.FromMinutes(1), await WaitOfAsync(rig, tries: 1));
        await PassAsync(rig);
        Assert.Equal(TimeSpan.FromMinutes(1), await WaitOfAsync(rig, tries: 1));
        rig.Clock.Now += TimeSpan.FromMinutes(1);
        await PassAsync(rig);
        Assert.Equal(TimeSpan.FromMinutes(2), await WaitOfAsync(rig, tries: 2));

        using var server = await SmtpServer.StartAsync(port);
        await PassAsync(rig);
        Assert.Empty(server.Received);
        rig.Clock.Now += TimeSpan.FromMinutes(2);
        await PassAsync(rig);
        await server.ReceiveAsync(1);
        rig.Clock.Now += TimeSpan.FromHours(2);
        await PassAsync(rig);
        await server.ReceiveAsync(1);
        Assert.Single(rig.Events("mail.sent"));
    }

    [Fact]
    public async Task AMailIsGivenUpAfterThreeDaysAndTheTrailSaysSo()
    {
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        for (var hour = 0; hour <= 73; hour++)
        {
            rig.Clock.Now += TimeSpan.FromHours(1);
            await PassAsync(rig);
        }
        var mail = Assert.Single(await rig.Get<MailQueries>().RecentAsync());
        Assert.Equal(MailState.GivenUp, mail.State);
        Assert.InRange(mail.Mail.Tries, 70, 75);
        Assert.Single(rig.Events("mail.given_up"));
    }

    [Fact]
    public async Task ACardSaysThatAMailIsSentOnlyOnceItWas()
    {
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com", Thresholds = [new Threshold(80), new Threshold(85, Email: false), new Threshold(95)] });
        Assert.Equal("80 % not yet", await SaidAsync(rig, 0));
        await rig.SpendAsync(45m);
        Assert.Equal("80 % reached Nov 22 12:00, mail waiting", await SaidAsync(rig, 0));
        await PassAsync(rig);
        Assert.Equal("80 % reached Nov 22 12:00, mail waiting", await SaidAsync(rig, 0));
        Assert.Equal("85 % reached Nov 22 12:00", await SaidAsync(rig, 1));
        using (var server = await SmtpServer.StartAsync(port))
        {
            rig.Clock.Now += TimeSpan.FromMinutes(1);
            await PassAsync(rig);
            await server.ReceiveAsync(1);
        }
        Assert.Equal("80 % sent Nov 22 12:00", await SaidAsync(rig, 0));
        await rig.SpendAsync(4m);
        for (var hour = 0; hour <= 73; hour++)
        {
            await PassAsync(rig);
            rig.Clock.Now += TimeSpan.FromHours(1);
        }
        Assert.Equal("95 % reached Nov 22 12:01, mail failed", await SaidAsync(rig, 2));
        Assert.Equal("80 % sent Nov 22 12:00", await SaidAsync(rig, 0));
    }

    static async Task<string> SaidAsync(LedgerRig rig, int threshold)
    {
        var standing = Assert.Single(await rig.Get<BudgetQueries>().AllAsync());
        var card = await Rendered.BodyOf<BudgetCard>(("Standing", standing), ("EditHref", "/dashboard/policy"));
        return string.Join(' ', card.QuerySelectorAll(".thresholds li")[threshold].TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task TwoThresholdsCrossedAtOnceAreTwoMails()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com", Thresholds = [new Threshold(50), new Threshold(75, Email: false), new Threshold(80)] });
        await rig.SpendAsync(49m);
        await PassAsync(rig);
        var mails = await server.ReceiveAsync(2);
        Assert.Equal(["Warning: chat-widget reached 50 % of its $50.00 November cap", "Warning: chat-widget reached 80 % of its $50.00 November cap"], mails.Select(mail => mail.Subject));
        Assert.Equal(2, mails.Select(mail => mail.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task TheNextMonthWarnsAgain()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com", HardBlock = false });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        rig.Clock.Now = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        var mails = await server.ReceiveAsync(2);
        Assert.Equal("Warning: chat-widget reached 80 % of its $50.00 December cap", mails[1].Subject);
        Assert.Contains("At 100 % nothing stops", mails[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACrashBetweenSendingAndMarkingRepeatsTheSameMessageIdAndARestartTellsNothingTwice()
    {
        using var server = await SmtpServer.StartAsync(port);
        var folder = System.IO.Directory.CreateTempSubdirectory("governance-mail-").FullName;
        var connection = store is Store.Postgres ? PostgresServer.Shared.NewDatabase() : null;
        await using (var rig = new LedgerRig(folder, Settings, connection: connection))
        {
            await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
            await rig.SpendAsync(45m);
            await PassAsync(rig);
            rig.Tamper("UPDATE mail SET sent_at = NULL, tries = 0, next_try_at = created_at");
        }
        await using (var rig = new LedgerRig(folder, Settings, connection: connection))
        {
            await PassAsync(rig);
            await PassAsync(rig);
        }
        var mails = await server.ReceiveAsync(2);
        Assert.Equal(mails[0].MessageId, mails[1].MessageId);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task EveryOwnerIsToldWhereNobodyElseIsNamedAndARefusedAddressStopsNobody()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("all-month", "50", project: null));
        await rig.Get<JournalWriter>().ChangeAsync(change =>
        {
            change.Db.Users.AddRange(
                Owner("nobody@example.com"), Owner("olga@example.com"), Owner("otto@example.com"), Owner("a@example.com\r\nBcc: x@example.com"),
                new Member { UserName = "dev", Email = "dev@example.com", Role = MemberRole.Developer });
            return true;
        });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        var mails = await server.ReceiveAsync(2);
        Assert.Equal(["olga@example.com", "otto@example.com"], mails.Select(mail => Assert.Single(mail.To)));
        Assert.Equal("Warning: The workspace reached 80 % of its $50.00 November cap", mails[0].Subject);
        Assert.Equal(2, rig.Events("mail.given_up").Count);
        Assert.Equal(2, rig.Events("mail.sent").Count);

        static Member Owner(string address) => new() { UserName = address, Email = address, Role = MemberRole.Owner };
    }

    [Fact]
    public async Task AnEventThatCannotBeReadHoldsUpNobodyElse()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com", Thresholds = [new Threshold(50), new Threshold(80)] });
        await rig.SpendAsync(45m);
        rig.Tamper($"{(store is Store.Postgres ? "DROP TRIGGER audit_no_change ON audit" : "DROP TRIGGER audit_no_update")}; UPDATE audit SET body = {(store is Store.Postgres ? "'\\x00'" : "X'00'")} WHERE id = (SELECT MIN(id) FROM audit WHERE action = 'budget.threshold_reached')");
        await PassAsync(rig);
        Assert.Equal("Warning: chat-widget reached 80 % of its $50.00 November cap", Assert.Single(await server.ReceiveAsync(1)).Subject);
        Assert.Single(rig.Events("mail.unreadable_event"));
    }

    [Fact]
    public async Task WithoutAServerTheMailIsKeptAndShownAsNotConfigured()
    {
        await using var rig = new LedgerRig(store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        var mail = Assert.Single(await rig.Get<MailQueries>().RecentAsync());
        Assert.Equal((MailState.NotConfigured, 0), (mail.State, mail.Mail.Tries));
    }

    [Fact]
    public async Task WhereNobodyHasAnAddressTheTrailSaysSo()
    {
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        await rig.SpendAsync(45m);
        await PassAsync(rig);
        Assert.Equal("chat-widget", Assert.Single(rig.Events("mail.nobody_to_tell")).Chain);
        Assert.Empty(await rig.Get<MailQueries>().RecentAsync());
    }

    /// <summary>Another event may have the number by now: its mails would be left out, and these would tell of what never happened.</summary>
    [Fact]
    public async Task WhatWasReadBeforeTheDatabaseWentBackIsNotMailed()
    {
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50"));
        var read = rig.Events("budget.created")[^1];
        MailDraft[] drafts = [new("one@governance", "lisa@example.com", "Subject", "Body", read.Id)];
        foreach (var (number, hash) in new (long, byte[])[] { (read.Id, [.. read.Hash.Reverse()]), (read.Id + 1000, read.Hash) })
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => NoticeAsync(number, hash));
        }
        Assert.Empty(await rig.Get<MailQueries>().RecentAsync());
        Assert.Equal(1, await NoticeAsync(read.Id, read.Hash));
        Assert.Single(await rig.Get<MailQueries>().RecentAsync());

        Task<int> NoticeAsync(long number, byte[] hash)
        {
            var work = new NoticeWork("a test", number, hash, drafts, []);
            rig.Get<JournalWriter>().Submit(work);
            return work.Committed.AsTask();
        }
    }

    [Fact]
    public async Task TheRunningHostMailsWithoutBeingAsked()
    {
        using var server = await SmtpServer.StartAsync(port);
        await using var rig = new LedgerRig(mail: Settings, store: store);
        await rig.Host.StartAsync();
        await rig.SaveAsync(LedgerRig.Budget("chat-month", "50") with { AlertEmail = "lisa@example.com" });
        await rig.SpendAsync(45m);
        await server.ReceiveAsync(1);
        await rig.Host.StopAsync();
    }

    static async Task PassAsync(LedgerRig rig)
    {
        await rig.Get<AlertReader>().PassAsync(CancellationToken.None);
        await rig.Get<MailSender>().PassAsync(CancellationToken.None);
    }

    static async Task<TimeSpan> WaitOfAsync(LedgerRig rig, int tries)
    {
        var mail = Assert.Single(await rig.Get<MailQueries>().RecentAsync());
        Assert.Equal((MailState.Waiting, tries), (mail.State, mail.Mail.Tries));
        Assert.NotNull(mail.Mail.LastError);
        return mail.Mail.NextTryAt - rig.Clock.Now;
    }
}

public sealed class MailTestsOnSqlite() : MailTests(Store.Sqlite);

public sealed class MailTestsOnPostgres() : MailTests(Store.Postgres);
