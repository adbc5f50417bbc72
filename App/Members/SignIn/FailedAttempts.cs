namespace Governance.Members.SignIn;

/// <summary>Counts failed and refused sign-ins in memory until they are told (<see cref="AccessTrail"/>), so that whoever tries a thousand times writes no thousand rows, and no row while anybody waits.</summary>
sealed class FailedAttempts
{
    /// <summary>Accounts and addresses that are counted apart from each other; what comes beyond them is counted together.</summary>
    public const int MaxKept = 2_000;

    readonly Lock door = new();
    Dictionary<(string? Account, string? Address), Count> counts = [];

    /// <summary>How often a wrong password was given, and how often none was looked at any more.</summary>
    public sealed record Count(int Failed, int Refused);

    /// <summary>A wrong password, or one for nobody.</summary>
    public void Failed(string account, string address) => Add(account, address, new Count(1, 0));

    /// <summary>One try too many: of an account, or of an address for whatever account where that is null.</summary>
    public void Refused(string? account, string address) => Add(account, address, new Count(0, 1));

    /// <summary>Everything since it was asked last. Neither account nor address stands for what was beyond the limit.</summary>
    public IReadOnlyDictionary<(string? Account, string? Address), Count> Take()
    {
        lock (door)
        {
            var taken = counts;
            counts = [];
            return taken;
        }
    }

    void Add(string? account, string? address, Count more)
    {
        lock (door)
        {
            var key = counts.Count < MaxKept || counts.ContainsKey((account, address)) ? (account, address) : (null, null);
            var had = counts.GetValueOrDefault(key) ?? new Count(0, 0);
            counts[key] = new Count(had.Failed + more.Failed, had.Refused + more.Refused);
        }
    }
}
