using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Governance.Members.SignIn;

/// <summary>Lets members in. Whoever may not enter gets one answer, after the same work, whatever the reason: no such member, a wrong password, none at all, removed.</summary>
sealed class MemberSignIn(
    UserManager<Member> members,
    IHttpContextAccessor context,
    IUserClaimsPrincipalFactory<Member> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Member>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<Member> confirmation,
    PasswordHashing hashing,
    DoorLimits limits,
    KnownBrowsers browsers,
    FailedAttempts failures,
    AccessTrail trail)
    : SignInManager<Member>(members, context, claims, options, logger, schemes, confirmation)
{
    /// <summary>The visitor of whoever is signed in already.</summary>
    const string SignedIn = "signed in";

    static readonly TimeSpan busyWait = TimeSpan.FromSeconds(2);

    /// <summary>What a try came to.</summary>
    public enum Outcome { Right, Wrong, TooMany, Busy }

    /// <summary>What a try came to, and where it was not even looked at, how long to wait.</summary>
    public readonly record struct Answer(Outcome Outcome, TimeSpan Wait)
    {
        /// <summary>Says it to programs; null where the answer is a page like any other.</summary>
        public void Write(HttpResponse response)
        {
            if (Outcome is Outcome.TooMany or Outcome.Busy)
            {
                response.StatusCode = Outcome is Outcome.TooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable;
                response.Headers.RetryAfter = DoorLimits.Seconds(Wait);
            }
        }
    }

    public override async Task<bool> CanSignInAsync(Member user) => !user.Removed && await base.CanSignInAsync(user);

    /// <summary>Signs in, or counts the failure.</summary>
    public async Task<Answer> TryAsync(string email, string password)
    {
        var account = AccountOf(email);
        var browser = browsers.Find(Context, account);
        var answer = await CheckAsync(account, browser is null ? VisitorAddress.Of(Context) : $"browser {browser}", browser is not null, password);
        if (answer.Member is { } member)
        {
            await EnterAsync(member);
        }
        return answer.Answer;
    }

    /// <summary>Asks a member who is in for the password again.</summary>
    public async Task<Answer> ConfirmAsync(string email, string password) => (await CheckAsync(AccountOf(email), SignedIn, known: true, password)).Answer;

    /// <summary>Begins a session of somebody who has shown who they are, and knows their browser from then on.</summary>
    public async Task EnterAsync(Member member)
    {
        await SignInAsync(member, isPersistent: false);
        browsers.Remember(Context, AccountOf(member.Email!));
        await trail.SignedInAsync(member.Email!, VisitorAddress.Of(Context));
    }

    /// <summary>Ends the session, and tells the trail where there was one.</summary>
    public async Task LeaveAsync()
    {
        var email = Context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : null;
        await SignOutAsync();
        if (email is not null)
        {
            await trail.SignedOutAsync(email, VisitorAddress.Of(Context));
        }
    }

    Task<(Answer Answer, Member? Member)> CheckAsync(string account, string visitor, bool known, string password) =>
        known ? CompareAsync(account, visitor, known, password) : CompareInTurnAsync(account, visitor, password);

    /// <summary>Strangers take turns by network: one that sends a thousand passwords makes nobody but itself wait for all of them.</summary>
    async Task<(Answer Answer, Member? Member)> CompareInTurnAsync(string account, string visitor, string password)
    {
        using var place = limits.Places.AttemptAcquire();
        if (!place.IsAcquired)
        {
            return (new Answer(Outcome.Busy, busyWait), null);
        }
        using var turn = await limits.TakeTurnAsync(VisitorAddress.NetworkOf(Context), Context.RequestAborted);
        if (!turn.IsAcquired)
        {
            failures.Refused(account, VisitorAddress.Of(Context));
            return (new Answer(Outcome.TooMany, busyWait), null);
        }
        return await CompareAsync(account, visitor, known: false, password);
    }

    async Task<(Answer Answer, Member? Member)> CompareAsync(string account, string visitor, bool known, string password)
    {
        var address = VisitorAddress.Of(Context);
        // Only who has a place is counted: an answer that everybody waits uses up no try.
        if (limits.Try(account, visitor, known) is { } wait)
        {
            failures.Refused(account, address);
            return (new Answer(Outcome.TooMany, wait), null);
        }
        // From here on there is the same work for everybody: one look, one check, and the failure is counted in memory.
        var member = await UserManager.FindByEmailAsync(account);
        var mayEnter = member is not null && await CanSignInAsync(member);
        switch (await hashing.VerifyAsync(mayEnter ? member!.PasswordHash : null, password, known, Context.RequestAborted))
        {
            case null:
                return (new Answer(Outcome.Busy, busyWait), null);
            case true:
                return (new Answer(Outcome.Right, default), member);
            default:
                failures.Failed(account, address);
                return (new Answer(Outcome.Wrong, default), null);
        }
    }

    /// <summary>No account has an address that is longer, and nothing longer is kept.</summary>
    string AccountOf(string email) => email.Length <= MemberValidation.EmailMaxLength ? UserManager.NormalizeEmail(email) ?? "" : "";
}
