using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.RateLimiting;
using Governance.Shell;

namespace Governance.Members.SignIn;

/// <summary>
/// How often a password or a token may be tried. Nothing waits, nothing is locked in the database, and nobody can lock out anybody else:
/// every address has a share of its own (30 at once, then 30 a minute; more is answered 429 before the form is read),
/// every account one for each address (10 at once, then one a minute), and every account one for all strangers together (200 at once,
/// then 200 an hour), which one address alone cannot use up, whoever it tries. A browser in which a member signed in before is no stranger:
/// it has a share of its own and does not count towards the last, so that tries from many addresses do not keep the member out either.
/// Passwords of strangers are compared in turn, one of each network after another, so that whoever sends many waits behind their own.
/// The shares are kept in memory, in each instance; those that are full again are forgotten.
/// </summary>
sealed class DoorLimits : IDisposable
{
    public const int MaxByAddress = 30;
    public const int MaxByAccountAndVisitor = 10;
    public const int MaxByAccount = 200;

    /// <summary>Refusals of one address that are answered with a page, at once and then a minute; drawing one costs more than anything else that a refused form does, and whoever sends more reads none.</summary>
    public const int MaxPagesByAddress = 10;

    /// <summary>Passwords of one network (<see cref="VisitorAddress.NetworkOf(HttpContext)"/>) that are compared or wait for it at once.</summary>
    public const int MaxWaitingByVisitor = 10;

    /// <summary>The same of all strangers together: it takes a hundred networks to fill it, and one that waits costs next to nothing.</summary>
    const int MaxWaiting = 1_000;

    /// <summary>Passwords that wait for <see cref="KnownChecks"/>: comparing one takes a processor for a while on purpose, and beyond a short queue nobody waits.</summary>
    const int MaxWaitingChecks = 20;

    static readonly TimeSpan leastWait = TimeSpan.FromSeconds(1);

    readonly PartitionedRateLimiter<(string Account, string Visitor)> byAccountAndVisitor = PartitionedRateLimiter.Create<(string Account, string Visitor), (string, string)>(
        pair => Bucket(pair, MaxByAccountAndVisitor, 1, TimeSpan.FromMinutes(1)));

    readonly PartitionedRateLimiter<string> byAccount = PartitionedRateLimiter.Create<string, string>(account => Bucket(account, MaxByAccount, 1, TimeSpan.FromSeconds(18)));

    readonly PartitionedRateLimiter<HttpContext> byAddress = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        HttpMethods.IsPost(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<LimitAttemptsAttribute>() is not null
            ? Bucket(VisitorOf(context), MaxByAddress, MaxByAddress / 6, TimeSpan.FromSeconds(10)) : RateLimitPartition.GetNoLimiter(""));

    readonly PartitionedRateLimiter<string> turns = PartitionedRateLimiter.Create<string, string>(visitor => RateLimitPartition.GetConcurrencyLimiter(visitor, _ => new ConcurrencyLimiterOptions
    {
        PermitLimit = 1,
        QueueLimit = MaxWaitingByVisitor - 1,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    }));

    readonly PartitionedRateLimiter<string> pages = PartitionedRateLimiter.Create<string, string>(address => Bucket(address, MaxPagesByAddress, 1, TimeSpan.FromMinutes(1.0 / MaxPagesByAddress)));

    readonly ConcurrentDictionary<string, int> renewals = new(StringComparer.Ordinal);

    /// <summary>Places of strangers whose password is compared or waits for it; nobody waits for a place.</summary>
    public ConcurrencyLimiter Places { get; } = new(new ConcurrencyLimiterOptions { PermitLimit = MaxWaiting, QueueLimit = 0 });

    /// <summary>Lets so many passwords be checked or hashed at once that calls keep at least half of the processors.</summary>
    public ConcurrencyLimiter Checks { get; } = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2),
        QueueLimit = MaxWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>The same for members whose browser is known: what strangers ask for does not stand in their way.</summary>
    public ConcurrencyLimiter KnownChecks { get; } = new(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = MaxWaitingChecks, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>By address, for forms that are sent to pages with <see cref="LimitAttemptsAttribute"/>. The framework's middleware would do no more, and never stops its timer.</summary>
    public async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        using var lease = byAddress.AttemptAcquire(context);
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }
        context.RequestServices.GetRequiredService<FailedAttempts>().Refused(null, VisitorAddress.Of(context));
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Seconds(WaitOf(lease));
        // A browser gets the page of this status.
        if (!BareFailures.WantsPage(context) || !MayHavePage(VisitorAddress.Of(context)))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("Too many attempts from this address. Wait a minute, then try again; nothing was changed.", context.RequestAborted);
        }
    }

    /// <summary>Counts a try. Null where it may be made; else how long to wait.</summary>
    /// <param name="account">The normalised e-mail address, whether there is such a member or not.</param>
    /// <param name="visitor">The address, or the known browser.</param>
    public TimeSpan? Try(string account, string visitor, bool known)
    {
        var counted = Counted(account);
        using var own = byAccountAndVisitor.AttemptAcquire((counted, visitor));
        if (!own.IsAcquired)
        {
            return WaitOf(own);
        }
        if (known)
        {
            return null;
        }
        using var all = byAccount.AttemptAcquire(counted);
        return all.IsAcquired ? null : WaitOf(all);
    }

    /// <summary>Waits until no other password of this network is being compared; without a lease where too many of them wait already.</summary>
    public ValueTask<RateLimitLease> TakeTurnAsync(string network, CancellationToken cancellationToken) => turns.AcquireAsync(network, cancellationToken: cancellationToken);

    /// <summary>Counts a page about a refusal; false where the address had its share.</summary>
    bool MayHavePage(string address)
    {
        using var page = pages.AttemptAcquire(address);
        return page.IsAcquired;
    }

    /// <summary>True where strangers have used up their tries at this account.</summary>
    public bool IsClosedToStrangers(string account) => byAccount.GetStatistics(Counted(account))?.CurrentAvailablePermits == 0;

    /// <summary>For an account that was made anew or got another password: what was tried before does not count. There is one entry for each account that this was done to.</summary>
    public void Renew(string account) => renewals.AddOrUpdate(account, 1, (_, times) => times + 1);

    public static string Seconds(TimeSpan wait) => ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        byAccountAndVisitor.Dispose();
        byAccount.Dispose();
        byAddress.Dispose();
        turns.Dispose();
        pages.Dispose();
        Places.Dispose();
        Checks.Dispose();
        KnownChecks.Dispose();
    }

    string Counted(string account) => renewals.TryGetValue(account, out var times) ? string.Create(CultureInfo.InvariantCulture, $"{account} {times}") : account;

    /// <summary>Who shares an address with an attacker is not refused with them in a browser that is known.</summary>
    static string VisitorOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<KnownBrowsers>().Find(context, null) is { } browser ? $"browser {browser}" : VisitorAddress.Of(context);

    static TimeSpan WaitOf(RateLimitLease lease) => lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > leastWait ? wait : leastWait;

    static RateLimitPartition<TKey> Bucket<TKey>(TKey key, int most, int more, TimeSpan every) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = most,
        TokensPerPeriod = more,
        ReplenishmentPeriod = every,
        QueueLimit = 0,
    });
}
