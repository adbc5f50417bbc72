using System.Net.Http.Headers;
using System.Text;
using Governance.Audit;
using Governance.Audit.Timeline;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Shell;
using Governance.Shell.Controls;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members.SignIn;

/// <summary>The trail tells who came, went, failed to come in, read and took out.</summary>
public abstract class AccessTrailTests(Store store)
{
    const string ManagementKey = "management-key-of-the-test";
    static readonly Actor s_owner = new(ActorKind.Member, PeopleHost.Email);

    [Fact]
    public async Task ComingAndGoingIsToldAtOnce()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var browser = host.Browser("2001:db8:1:2::7");
        using var entered = await SignInAsync(browser, PeopleHost.Email, PeopleHost.Password);
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await browser.GetStringAsync(new Uri("/dashboard/keys", UriKind.Relative)));
        var token = page.QuerySelector("form[action='/sign-out'] input")!.GetAttribute("value")!;
        using var left = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));

        var told = await EventsAsync(host, "member.signed_%");
        Assert.Equal(["member.signed_in", "member.signed_in", "member.signed_out"], told.Select(row => row.Action));
        Assert.Equal("maria@acme.test signed in from 2001:db8:1:2::/64.", told[1].Sentence);
        Assert.All(told, row => Assert.Equal((ActorKind.Member, PeopleHost.Email, AuditCategory.System), (row.ActorKind, row.ActorId, row.Category)));
    }

    [Fact]
    public async Task FailuresAreOneRowForAccountAndAddressAndWhatWasTypedIsNotKept()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var visitor = host.Browser("192.0.2.7");
        for (var attempt = 0; attempt < DoorLimits.MaxByAccountAndVisitor + 3; attempt++)
        {
            using var one = await SignInAsync(visitor, "Maria@ACME.test", "wrong password");
        }
        foreach (var typed in (string[])["hunter2hunter2", new string('y', 5_000) + "@acme.test", "nobody@acme.test"])
        {
            using var one = await SignInAsync(visitor, typed, "wrong password");
        }
        Assert.Empty(await EventsAsync(host, "member.sign_in_%"));
        await host.Services.GetRequiredService<AccessTrail>().WriteAsync();
        await host.Services.GetRequiredService<AccessTrail>().WriteAsync();

        var told = await EventsAsync(host, "member.sign_in_%");
        Assert.Equal(
            [("member.sign_in_failed", PeopleHost.Email, AuditCategory.Blocked), ("member.sign_in_locked", PeopleHost.Email, AuditCategory.Intervened), ("member.sign_in_failed", "unknown", AuditCategory.Blocked)],
            told.Select(row => (row.Action, row.TargetId, row.Category)));
        Assert.StartsWith("10 failed sign-ins to maria@acme.test from 192.0.2.7 in the minute from ", told[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("3 more refused", told[1].Sentence, StringComparison.Ordinal);
        Assert.StartsWith("3 failed sign-ins to an account that does not exist from 192.0.2.7", told[2].Sentence, StringComparison.Ordinal);
        foreach (var row in told)
        {
            var body = Encoding.UTF8.GetString(row.Body);
            Assert.DoesNotContain("hunter2", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("yyyy", body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("nobody", body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task AFloodOfFailuresIsAFewRowsThatCountAllOfThem()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        var failures = host.Services.GetRequiredService<FailedAttempts>();
        for (var number = 0; number < 3 * FailedAttempts.MaxKept; number++)
        {
            failures.Failed($"GUESS{number}@ACME.TEST", $"198.51.{number / 250}.{number % 250}");
        }
        await host.Services.GetRequiredService<AccessTrail>().WriteAsync();
        var told = await EventsAsync(host, "member.sign_in_failed");
        Assert.Equal(AccessEvents.MaxFailureRows + 1, told.Count);
        Assert.Equal(3 * FailedAttempts.MaxKept, told.Sum(row => int.Parse(row.Sentence.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task WhatAnAuditorReadsIsToldOnceForEachPageAndHour()
    {
        await using var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        using var auditor = host.Browser();
        using (var scope = host.Services.CreateScope())
        {
            await scope.ServiceProvider.GetRequiredService<MemberEdits>().CreateAsync(new MemberDefinition { Email = "ada@acme.test", Role = MemberRole.Auditor }, PeopleHost.Password, s_owner);
        }
        using var entered = await SignInAsync(auditor, "ada@acme.test", PeopleHost.Password);
        foreach (var path in (string[])["/dashboard/keys", "/dashboard/keys?new=1", "/dashboard/usage?tab=audit", "/app.css"])
        {
            await PeopleHost.LeadsToAsync(auditor, path);
            await PeopleHost.LeadsToAsync(owner, path);
        }
        Assert.Equal([("ada@acme.test", "ada@acme.test, an auditor, read /dashboard/keys."), ("ada@acme.test", "ada@acme.test, an auditor, read /dashboard/usage.")],
            (await EventsAsync(host, "page.read")).Select(row => (row.ActorId, row.Sentence)));
        host.Clock.Ahead = TimeSpan.FromHours(1);
        await PeopleHost.LeadsToAsync(auditor, "/dashboard/keys");
        Assert.Equal(3, (await EventsAsync(host, "page.read")).Count);
    }

    [Fact]
    public async Task AnExportOfTheConfigurationIsTold()
    {
        await using var host = new PeopleHost(store).With("Governance:ManagementKey", ManagementKey);
        using var program = host.Browser();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ManagementKey);
        Assert.Contains("apiVersion", await program.GetStringAsync(new Uri("/api/policy/export", UriKind.Relative)), StringComparison.Ordinal);
        using (var scope = host.Services.CreateScope())
        {
            await scope.ServiceProvider.GetRequiredService<Governance.Documents.ConfigurationEdits>().ExportAsync(s_owner);
        }
        Assert.Equal([(ActorKind.ManagementKey, "configured"), (ActorKind.Member, PeopleHost.Email)], (await EventsAsync(host, "configuration.exported")).Select(row => (row.ActorKind, row.ActorId)));
    }

    [Theory]
    [InlineData("member.signed_in", AuditCategory.System, "Access", IconName.Person)]
    [InlineData("member.signed_out", AuditCategory.System, "Access", IconName.SignOut)]
    [InlineData("member.sign_in_failed", AuditCategory.Blocked, "Sign-in", IconName.Person)]
    [InlineData("page.read", AuditCategory.System, "Access", IconName.Person)]
    [InlineData("configuration.exported", AuditCategory.System, "Export", IconName.Download)]
    [InlineData("database.backed_up", AuditCategory.System, "Backup", IconName.Copy)]
    [InlineData("database.restored", AuditCategory.System, "Restore", IconName.Refresh)]
    public void TheTimelineHasAWordAndAGlyphForEach(string action, AuditCategory category, string word, IconName glyph)
    {
        var look = AuditLook.Of(new AuditEntry { Chain = AuditEvent.SystemChain, Category = category, Action = action, ActorId = "a", TargetKind = "member", TargetId = "a", Sentence = "It was." });
        Assert.Equal((word, glyph, AuditLook.Of(category).Tone), (look.Word, look.Glyph, look.Tone));
    }

    static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string email, string password) => PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", email), ("password", password));

    static async Task<IReadOnlyList<AuditRow>> EventsAsync(PeopleHost host, string action)
    {
        await using var db = host.Services.GetRequiredService<Reads>().Open();
        return await db.Audit.Where(row => EF.Functions.Like(row.Action, action)).OrderBy(row => row.Id).ToListAsync();
    }
}

public sealed class AccessTrailTestsOnSqlite() : AccessTrailTests(Store.Sqlite);

public sealed class AccessTrailTestsOnPostgres() : AccessTrailTests(Store.Postgres);
