using Governance.Journal;
using Governance.Members.SignIn;
using Governance.Shell.Controls;
using Microsoft.AspNetCore.Components;

namespace Governance.Members;

/// <summary>The people: added, changed, removed.</summary>
public sealed partial class MembersPage
{
    readonly FormProblems problems = new();
    IReadOnlyList<MemberQueries.Line>? members;
    MemberQueries.Line? subject;
    MemberQueries.Line? leaving;
    ConfirmDialog? dialog;
    Asking? asking;
    MemberRole role;
    string email = "";
    string password = "";
    bool unreadable;

    enum Asking { Add, Role, Password }

    [Inject] DoorLimits Limits { get; set; } = null!;

    [Inject] Microsoft.AspNetCore.Identity.ILookupNormalizer Normalizer { get; set; } = null!;

    string Heading => asking switch
    {
        Asking.Role => $"Role of {subject?.Email}",
        Asking.Password => $"New password for {subject?.Email}",
        _ => "New member",
    };

    string Verb => asking switch
    {
        Asking.Role => "Change role",
        Asking.Password => "Set password",
        _ => "Add member",
    };

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        await ReadAsync();
    }

    async Task ReadAsync()
    {
        try
        {
            members = await Queries.ListAsync();
            unreadable = false;
        }
        catch (Exception exception) when (StoreFailure.IsUnread(exception))
        {
            unreadable = true;
        }
    }

    bool MayEdit(MemberQueries.Line member) => Session is not null && Permissions.MayEdit(Session.Role, member.Role, null);

    string? Why(MemberQueries.Line member) => MayEdit(member) ? null : May(Permission.EditMembers) ? "Only an owner may change an owner." : NoRight;

    bool IsLastOwner(MemberQueries.Line member) => member.Role == MemberRole.Owner && members!.Count(one => one.Role == MemberRole.Owner) == 1;

    bool IsClosedToStrangers(MemberQueries.Line member) => Limits.IsClosedToStrangers(Normalizer.NormalizeEmail(member.Email)!);

    void Open(Asking what, MemberQueries.Line? member)
    {
        (asking, subject, role, email, password) = (what, member, member?.Role ?? MemberRole.Developer, "", "");
        problems.Clear();
    }

    async Task SaveAsync()
    {
        var address = subject?.Email ?? email.Trim();
        problems.Clear();
        problems.Note("member-email", MemberValidation.EmailProblem(address));
        problems.Note("member-password", asking is Asking.Role ? null : MemberValidation.PasswordProblem(password, address));
        if (!problems.None)
        {
            return;
        }
        var what = asking;
        var done = await ActAsync(Permission.EditMembers, async session =>
        {
            return what switch
            {
                Asking.Role => Say(await Edits.ChangeRoleAsync(address, role, session.Actor), $"{address} is now {role}; their open pages ask for sign-in again."),
                Asking.Password => Say(await Edits.ChangePasswordAsync(address, password, session.Actor), $"The password of {address} is changed and their sessions end."),
                _ => Say(await Edits.CreateAsync(new MemberDefinition { Email = address, Role = role }, password, session.Actor), $"{address} can sign in as {role}."),
            };
        });
        if (done)
        {
            asking = null;
        }
        password = "";
        await ReadAsync();
    }

    async Task AskRemoveAsync(MemberQueries.Line member)
    {
        leaving = member;
        StateHasChanged();
        await dialog!.OpenAsync();
    }

    async Task RemoveAsync()
    {
        await ActAsync(Permission.EditMembers, async session =>
        {
            return Say(await Edits.RemoveAsync(leaving!.Email, session.Actor), $"{leaving.Email} can no longer sign in.");
        });
        await ReadAsync();
    }

    static string? Say(MemberEdits.Outcome outcome, string done) => outcome switch
    {
        MemberEdits.Outcome.Done => done,
        MemberEdits.Outcome.Unchanged => null,
        MemberEdits.Outcome.Taken => throw new RefusedException("There is a member of this e-mail already."),
        MemberEdits.Outcome.NotAllowed => throw new RefusedException("Only an owner may make, change or remove an owner."),
        MemberEdits.Outcome.Busy => throw new RefusedException("The server is busy. Nothing was changed; try again in a moment."),
        MemberEdits.Outcome.LastOwner => throw new RefusedException("This is the last owner. Make somebody else an owner first."),
        _ => throw new RefusedException("There is no such member any more."),
    };
}
