namespace Governance.Journal.Postgres;

/// <summary>A right that one instance at a time has.</summary>
sealed class LeaseRow
{
    public required string Name { get; init; }
    /// <summary>The instance.</summary>
    public required string Holder { get; init; }
    /// <summary>Grows with every new holder: a former one that wakes up late is known by its old number.</summary>
    public long FencingToken { get; init; }
    public long ExpiresMilliseconds { get; init; }
}

/// <summary>A lease as it was given. What it permits is written through <see cref="Fence{T}"/>, so that a holder that was paused for too long cannot write late.</summary>
sealed record Lease(string Name, string Holder, long Token, bool Trivial = false)
{
    /// <summary><paramref name="work"/>, on condition that the lease still holds in its transaction.</summary>
    public JournalWork<T> Fence<T>(JournalWork<T> work) => Trivial ? work : new FencedWork<T>(this, work);

    /// <summary>Asks the store whether it still holds; throws <see cref="LeaseLostException"/> where it is another instance's by now.</summary>
    public async Task ConfirmAsync(JournalWriter journal)
    {
        if (!Trivial)
        {
            var look = Fence(new LeaseLook());
            journal.Submit(look);
            await look.Committed;
        }
    }

    public void Check(JournalTransaction transaction)
    {
        if (Trivial)
        {
            return;
        }
        var row = transaction.Prepare("SELECT holder, fencing_token FROM leases WHERE name = ?1").Bind(1, Name);
        var holds = row.Step() && row.Text(0) == Holder && row.Integer(1) == Token && transaction.Instance == Holder;
        row.Reset();
        if (!holds)
        {
            throw new LeaseLostException(Name);
        }
    }
}

/// <summary>
/// Who does what only one instance may do: the nightly run, mail, the end of forgotten holds. On a file of one process everything is
/// always its own.
/// </summary>
sealed class Leases(JournalWriter journal, JournalSettings settings, TimeProvider time)
{
    readonly TimeSpan usual = 2 * settings.InstanceLease;
    readonly TimeSpan refusedFor = settings.InstanceLease / 3;
    readonly Dictionary<string, (Lease Lease, long Since)> held = new(StringComparer.Ordinal);
    readonly Dictionary<string, DateTimeOffset> refused = new(StringComparer.Ordinal);

    /// <summary>The lease, or null where another living instance has it. Asked of the store some seconds after it was given or refused, not each time.</summary>
    public async Task<Lease?> TakeAsync(string name, TimeSpan? wanted = null)
    {
        var duration = wanted ?? usual;
        if (!settings.IsShared)
        {
            return new Lease(name, journal.Instance, 0, Trivial: true);
        }
        lock (held)
        {
            if (held.TryGetValue(name, out var known) && known.Lease.Holder == journal.Instance && time.GetElapsedTime(known.Since) < Remembered(duration))
            {
                return known.Lease;
            }
            if (refused.TryGetValue(name, out var since) && (time.GetUtcNow() - since).Duration() < refusedFor)
            {
                return null;
            }
        }
        var asked = time.GetTimestamp();
        var work = new LeaseWork(name, duration);
        journal.Submit(work);
        var lease = await work.Committed;
        lock (held)
        {
            if (lease is null)
            {
                held.Remove(name);
                refused[name] = time.GetUtcNow();
            }
            else
            {
                refused.Remove(name);
                held[name] = (lease, asked);
            }
        }
        return lease;
    }

    /// <summary>Never so long that its holder may be taken for dead meanwhile.</summary>
    TimeSpan Remembered(TimeSpan duration) => duration < usual ? duration / 3 : usual / 3;
}

/// <summary>Takes or prolongs a lease; null where a living instance has it. Whoever asks declares a silent holder dead, so that what a dead one had passes on without running out.</summary>
sealed class LeaseWork(string name, TimeSpan duration) : JournalWork<Lease?>
{
    public override void Execute(JournalTransaction transaction)
    {
        Instances.EndSilentHolder(transaction, name);
        transaction.Prepare("""
            INSERT INTO leases (name, holder, fencing_token, expires_milliseconds) VALUES (?1, ?2, 1, ?4)
            ON CONFLICT (name) DO UPDATE SET
              fencing_token = CASE WHEN leases.holder = excluded.holder THEN leases.fencing_token ELSE leases.fencing_token + 1 END,
              holder = excluded.holder, expires_milliseconds = excluded.expires_milliseconds
            WHERE leases.holder = excluded.holder OR leases.expires_milliseconds < ?3
              OR leases.holder NOT IN (SELECT id FROM instances WHERE ended_milliseconds IS NULL)
            """)
            .Bind(1, name).Bind(2, transaction.Instance).Bind(3, transaction.NowMilliseconds).Bind(4, transaction.NowMilliseconds + (long)duration.TotalMilliseconds).Run();
        var row = transaction.Prepare("SELECT holder, fencing_token FROM leases WHERE name = ?1").Bind(1, name);
        row.Step();
        Result = row.Text(0) == transaction.Instance ? new Lease(name, transaction.Instance, row.Integer(1)) : null;
        row.Reset();
    }
}

/// <summary>Work that counts only while its lease does.</summary>
sealed class FencedWork<T>(Lease lease, JournalWork<T> work) : JournalWork<T>
{
    public override bool Alone => work.Alone;

    public override void Execute(JournalTransaction transaction)
    {
        lease.Check(transaction);
        work.Execute(transaction);
        Result = work.Outcome;
    }

    public override void Committing() => work.Committing();
}

/// <summary>Writes nothing: only its lease is looked at.</summary>
sealed class LeaseLook : JournalWork<bool>
{
    public override void Execute(JournalTransaction transaction) => Result = true;
}

/// <summary>Another instance has the lease by now; nothing was written.</summary>
sealed class LeaseLostException(string name) : Exception($"The lease '{name}' is another instance's by now; nothing was written.");
