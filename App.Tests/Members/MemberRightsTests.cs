using Governance.Audit;
using Governance.Documents;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Members;

/// <summary>Who may change members is decided inside the change, whatever a page had looked up before.</summary>
public abstract class MemberRightsTests(Store store)
{
    const string Admin = "adam@acme.test";
    const string Developer = "dora@acme.test";
    const string New = "nina@acme.test";
    static readonly Actor s_owner = Of(PeopleHost.Email);

    [Fact]
    public async Task AnAdminChangesEverybodyButOwners()
    {
        await using var host = await HostAsync();
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.CreateAsync(new MemberDefinition { Email = New, Role = MemberRole.Owner }, PeopleHost.Password, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.ChangeRoleAsync(Admin, MemberRole.Owner, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.ChangeRoleAsync(PeopleHost.Email, MemberRole.Auditor, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.RemoveAsync(PeopleHost.Email, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.ChangePasswordAsync(PeopleHost.Email, "an admin's own words", Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.ChangeRoleAsync(Developer, MemberRole.Billing, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.CreateAsync(new MemberDefinition { Email = New, Role = MemberRole.Auditor }, PeopleHost.Password, Of(Admin))));
        Assert.Equal(MemberEdits.Outcome.LastOwner, await EditAsync(host, edits => edits.RemoveAsync(PeopleHost.Email, s_owner)));
    }

    [Fact]
    public async Task ARightThatIsGoneIsGoneInsideTheChange()
    {
        await using var host = await HostAsync();
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.RemoveAsync(Admin, Of(Developer))));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.RemoveAsync(Admin, new Actor(ActorKind.Key, "first-key"))));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.ChangePasswordAsync(Developer, "her own new words", Of(Developer))));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.RemoveAsync(Admin, s_owner)));
        Assert.Equal(MemberEdits.Outcome.NotAllowed, await EditAsync(host, edits => edits.CreateAsync(new MemberDefinition { Email = New }, PeopleHost.Password, Of(Admin))));
        Assert.Null(await host.Services.GetRequiredService<ProjectEdits>().CreateManagementKeyAsync("back-door", Of(Developer)));
        Assert.NotNull(await host.Services.GetRequiredService<ProjectEdits>().CreateManagementKeyAsync("ci", s_owner));
    }

    [Theory]
    [InlineData(Admin, "members: [{ email: nina@acme.test, role: owner }]", "only an owner may apply such a one")]
    [InlineData(Admin, "members: [{ email: nina@acme.test, role: developer }]", "only an owner may apply such a one")]
    [InlineData(Developer, "projects: [{ id: mine, name: Mine }]", "you may not change the configuration any more")]
    [InlineData(Admin, "projects: [{ id: mine, name: Mine }]", null)]
    [InlineData(PeopleHost.Email, "members: [{ email: maria@acme.test, role: developer }, { email: nina@acme.test, role: owner }, { email: adam@acme.test, role: billing }]", null)]
    public async Task ADocumentIsAppliedWithTheRightsOfWhoeverAppliesIt(string actor, string text, string? problem)
    {
        await using var host = await HostAsync();
        using var scope = host.Services.CreateScope();
        var result = await scope.ServiceProvider.GetRequiredService<ConfigurationEdits>().ApplyAsync($"apiVersion: governance/v1\n{text}\n", Of(actor));
        Assert.Equal(problem is null, result.Applied);
        Assert.True(problem is null ? result.Problems.Count == 0 : Assert.Single(result.Problems).Message.Contains(problem, StringComparison.Ordinal), string.Join('\n', result.Problems));
    }

    [Fact]
    public async Task WhoComesBackHasNoLockoutOfBefore()
    {
        await using var host = await HostAsync();
        var limits = host.Services.GetRequiredService<DoorLimits>();
        var account = Developer.ToUpperInvariant();
        while (limits.Try(account, "192.0.2.7", known: false) is null)
        {
        }
        await host.Services.GetRequiredService<JournalWriter>().ChangeAsync(change => change.Db.Users.Where(member => member.Email == Developer)
            .ExecuteUpdate(set => set.SetProperty(member => member.AccessFailedCount, 4).SetProperty(member => member.LockoutEnd, DateTimeOffset.UtcNow.AddDays(1))));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.RemoveAsync(Developer, s_owner)));
        Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.CreateAsync(new MemberDefinition { Email = Developer }, "another pass phrase", s_owner)));

        var back = (await host.Services.GetRequiredService<MemberQueries>().FindAsync(Developer))!;
        Assert.Equal((0, null), (back.AccessFailedCount, back.LockoutEnd));
        using var browser = host.Browser("192.0.2.7");
        using var entered = await PeopleHost.PostAsync(browser, "/sign-in", "sign-in", ("email", Developer), ("password", "another pass phrase"));
        Assert.Equal(System.Net.HttpStatusCode.Redirect, entered.StatusCode);
    }

    async Task<PeopleHost> HostAsync()
    {
        var host = new PeopleHost(store);
        using var owner = await host.OwnerAsync();
        foreach (var (email, role) in ((string, MemberRole)[])[(Admin, MemberRole.Admin), (Developer, MemberRole.Developer)])
        {
            Assert.Equal(MemberEdits.Outcome.Done, await EditAsync(host, edits => edits.CreateAsync(new MemberDefinition { Email = email, Role = role }, PeopleHost.Password, s_owner)));
        }
        return host;
    }

    static Actor Of(string email) => new(ActorKind.Member, email);

    static async Task<MemberEdits.Outcome> EditAsync(PeopleHost host, Func<MemberEdits, Task<MemberEdits.Outcome>> edit)
    {
        using var scope = host.Services.CreateScope();
        return await edit(scope.ServiceProvider.GetRequiredService<MemberEdits>());
    }
}

public sealed class MemberRightsTestsOnSqlite() : MemberRightsTests(Store.Sqlite);

public sealed class MemberRightsTestsOnPostgres() : MemberRightsTests(Store.Postgres);
