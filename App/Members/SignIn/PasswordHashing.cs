using Microsoft.AspNetCore.Identity;

namespace Governance.Members.SignIn;

/// <summary>Hashes and checks passwords, so many at once as <see cref="DoorLimits.Checks"/> and <see cref="DoorLimits.KnownChecks"/> allow, each on a thread of its own, never on the journal's or on one of the pool's, which are few and serve calls. Null is the answer where too many wait already.</summary>
sealed class PasswordHashing(IPasswordHasher<Member> hasher, DoorLimits limits)
{
    static readonly Lazy<string> decoy = new(() => new PasswordHasher<Member>().HashPassword(new Member(), Guid.NewGuid().ToString()));

    /// <summary>For members and for who holds a link: strangers' passwords do not stand in their way.</summary>
    public async Task<string?> HashAsync(string password)
    {
        using var turn = await limits.KnownChecks.AcquireAsync();
        return turn.IsAcquired ? await RunOnOwnThreadAsync(() => hasher.HashPassword(new Member(), password)) : null;
    }

    /// <summary>Whether this is the password behind the hash. Without a hash there is the same work, and the answer is no.</summary>
    public async Task<bool?> VerifyAsync(string? hash, string password, bool known = false, CancellationToken cancellationToken = default)
    {
        using var turn = await (known ? limits.KnownChecks : limits.Checks).AcquireAsync(cancellationToken: cancellationToken);
        if (!turn.IsAcquired)
        {
            return null;
        }
        var result = await RunOnOwnThreadAsync(() => hasher.VerifyHashedPassword(new Member(), hash ?? decoy.Value, password));
        return hash is not null && result != PasswordVerificationResult.Failed;
    }

    static Task<T> RunOnOwnThreadAsync<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
