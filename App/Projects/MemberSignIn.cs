using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Governance.Projects;

/// <summary>Lets members in. Whoever may not enter gets one answer, after one time, whatever the reason: no such member, a wrong password, removed, locked.</summary>
sealed class MemberSignIn(
    UserManager<Member> members,
    IHttpContextAccessor context,
    IUserClaimsPrincipalFactory<Member> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Member>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<Member> confirmation,
    TimeProvider time)
    : SignInManager<Member>(members, context, claims, options, logger, schemes, confirmation)
{
    /// <summary>Longer than a refusal ever takes by itself, so that its reason cannot be timed.</summary>
    static readonly TimeSpan refusalTakes = TimeSpan.FromMilliseconds(600);

    static readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    static readonly Lazy<string> decoyHash = new(() => new PasswordHasher<Member>().HashPassword(new Member(), Guid.NewGuid().ToString()));

    public override async Task<bool> CanSignInAsync(Member user) => !user.Removed && await base.CanSignInAsync(user);

    /// <summary>Signs in and answers true, or answers false and counts the failure; five in a row lock the member out for five minutes.</summary>
    public async Task<bool> TryAsync(string email, string password)
    {
        var started = time.GetTimestamp();
        // One try at a time for an address, or tries at once would count as one.
        var turn = turns[(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(email) % (uint)turns.Length];
        await turn.WaitAsync();
        try
        {
            return await TryInTurnAsync(email, password, started);
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<bool> TryInTurnAsync(string email, string password, long started)
    {
        var member = await UserManager.FindByEmailAsync(email);
        if (member is not null && await CanSignInAsync(member) && !await UserManager.IsLockedOutAsync(member))
        {
            if ((await PasswordSignInAsync(member, password, isPersistent: false, lockoutOnFailure: true)).Succeeded)
            {
                return true;
            }
        }
        else
        {
            // The same work as for a member, so that a busy machine does not tell either.
            _ = UserManager.PasswordHasher.VerifyHashedPassword(new Member(), decoyHash.Value, password);
        }
        var remaining = refusalTakes - time.GetElapsedTime(started);
        if (remaining > TimeSpan.Zero)
        {
            await Task.Delay(remaining, time);
        }
        return false;
    }

    /// <summary>Asks a member who is in for the password again; failures count towards the same lockout.</summary>
    public async Task<bool> ConfirmAsync(string email, string password) =>
        await UserManager.FindByEmailAsync(email) is { } member && (await CheckPasswordSignInAsync(member, password, lockoutOnFailure: true)).Succeeded;
}
