using Governance.Journal;
using Microsoft.AspNetCore.Components;

namespace Governance.Members;

/// <summary>A page or a part of one that knows who looks at it. What it does, it does through <see cref="ActAsync"/>, which asks for the right anew every time.</summary>
public abstract class MemberPage : ComponentBase
{
    [Inject] CurrentMember Who { get; set; } = null!;

    /// <summary>What was done last, for a <c>Toast</c>.</summary>
    private protected string? Said { get; set; }

    /// <summary>Why the last action did nothing.</summary>
    private protected string? Failed { get; set; }

    private protected CurrentMember.Session? Session { get; private set; }

    private protected bool Busy { get; private set; }

    protected override async Task OnInitializedAsync() => Session = await Who.FindAsync();

    private protected bool May(Permission permission) => Session?.May(permission) == true;

    /// <summary>Why a control is disabled, for its title; null where it is not.</summary>
    private protected string? Reason(Permission permission) => May(permission) ? null : NoRight;

    private protected string NoRight => Session is null
        ? "Your session has ended. Sign in again."
        : $"Your role ({Session.Role}) does not allow this. An owner or admin of the workspace can do it, or change your role.";

    /// <summary>Does it where the member still may; <paramref name="act"/> answers what it did, or throws <see cref="RefusedException"/> to say why not.</summary>
    private protected async Task<bool> ActAsync(Permission permission, Func<CurrentMember.Session, Task<string?>> act)
    {
        (Said, Failed) = (null, null);
        if (Busy)
        {
            return false;
        }
        Busy = true;
        try
        {
            Session = await Who.FindAsync();
            if (Session is null || !Session.May(permission))
            {
                Failed = NoRight;
                return false;
            }
            Said = await act(Session);
            return true;
        }
        catch (RefusedException refused)
        {
            Failed = refused.Message;
            return false;
        }
        catch (Exception exception) when (StoreFailure.UnsavedBecause(exception) is { } why)
        {
            Failed = why;
            return false;
        }
        finally
        {
            Busy = false;
        }
    }

    /// <summary>The action cannot be done, for a reason that the person can understand.</summary>
    private protected sealed class RefusedException(string message) : Exception(message);
}
