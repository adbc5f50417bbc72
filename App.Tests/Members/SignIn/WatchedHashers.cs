using Governance.Members;
using Microsoft.AspNetCore.Identity;

namespace Governance.Tests.Members.SignIn;

/// <summary>Compares one password only when it is told to.</summary>
sealed class HeldHasher : IPasswordHasher<Member>, IDisposable
{
    public const string Held = "held back until released";
    readonly PasswordHasher<Member> _hasher = new();
    readonly SemaphoreSlim _released = new(0);

    public void Release(int count) => _released.Release(count);

    public string HashPassword(Member user, string password) => _hasher.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(Member user, string hashedPassword, string providedPassword)
    {
        if (providedPassword == Held)
        {
            _released.Wait();
        }
        return _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }

    public void Dispose() => _released.Dispose();
}

/// <summary>Counts checks, and how many ran at once.</summary>
sealed class CountedHasher : IPasswordHasher<Member>
{
    readonly PasswordHasher<Member> _hasher = new();
    readonly Lock _door = new();
    int _running;

    public int Checks { get; private set; }

    public int MostAtOnce { get; private set; }

    /// <summary>The pool's threads are as many as processors, and serve calls.</summary>
    public bool WasOnThePool { get; private set; }

    public string HashPassword(Member user, string password) => _hasher.HashPassword(user, password);

    public PasswordVerificationResult VerifyHashedPassword(Member user, string hashedPassword, string providedPassword)
    {
        lock (_door)
        {
            Checks++;
            WasOnThePool |= Thread.CurrentThread.IsThreadPoolThread;
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }
        var result = _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        lock (_door)
        {
            _running--;
        }
        return result;
    }
}
