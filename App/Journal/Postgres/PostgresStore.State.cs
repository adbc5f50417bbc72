namespace Governance.Journal.Postgres;

/// <content>Which state of the database this is: what this instance knows of it that an older one cannot know.</content>
sealed partial class PostgresStore
{
    /// <summary>Under which this process was known before it was declared dead.</summary>
    readonly List<string> formerly = [];
    /// <summary>The highest turn that was ever seen, and this instance's own last group: an older state of the database knows neither. Kept over rollbacks and new ids.</summary>
    readonly Lock seen = new();
    long highestSequence = -1;
    long ownLastGroup = -1;
    long ownLastMilliseconds;
    long state;
    string? wentBack;

    /// <summary>A group has begun: is this the state that was seen before?</summary>
    void See(long? ownGroup, long now)
    {
        lock (seen)
        {
            // While it joins under a new id nothing else says any more what the old one found.
            wentBack = Older(ownGroup, now) ?? (Registered ? null : wentBack);
            highestSequence = Math.Max(highestSequence, sequence);
        }
    }

    /// <summary>That group is committed, and with it whatever was to be done where the database went back.</summary>
    void Acted(long turn)
    {
        lock (seen)
        {
            if (wentBack is not null)
            {
                // That was acted upon in the group that is committed now; what was seen before is of another state.
                (wentBack, highestSequence) = (null, turn);
                state++;
            }
            highestSequence = Math.Max(highestSequence, turn);
            ownLastGroup = turn;
        }
    }

    /// <summary>Which state of the database this is: another one once it went back and that was acted upon.</summary>
    public override long State => Interlocked.Read(ref state);

    public override bool Saw(long state, long turn)
    {
        lock (seen)
        {
            if (state != this.state)
            {
                return true;
            }
            var older = turn < highestSequence;
            highestSequence = Math.Max(highestSequence, turn);
            return !older;
        }
    }

    /// <summary>Why this is an older state than the one that was seen; null where it is not. The row of an instance is kept for days after its end: one that is gone sooner was never there.</summary>
    string? Older(long? ownGroup, long now) =>
        sequence < highestSequence ? Older(sequence, highestSequence)
        : Registered && ownLastGroup >= 0 && (ownGroup ?? (now - ownLastMilliseconds < Instances.KeptMilliseconds / 2 ? 0 : ownLastGroup)) is var own && own < ownLastGroup ? Older(own, ownLastGroup)
        : null;

    static string Older(long found, long known) =>
        FormattableString.Invariant($"the database stands at group {found}, but this instance has seen group {known}; it went back to an older state of itself while instances were running.");

    /// <summary>Goes on as another instance, after this one was declared dead: its holds may be resolved already, so nothing that it remembers counts any more.</summary>
    public override void BeBornAgain()
    {
        formerly.Add(Instance);
        (time as LedgerTime)?.Unsettle();
        ownLastGroup = -1;
        Instance = NewInstance();
        Registered = false;
    }
}

/// <summary>The connection was lost while the commit was on its way.</summary>
sealed class CommitUnknownException(Exception inner) : Exception("The connection was lost during a commit.", inner);

/// <summary>This process was declared dead while it gave no sign of life; what it holds may be resolved already.</summary>
sealed class InstanceEndedException() : Exception("This instance gave no sign of life for too long and was declared dead; it goes on as a new one.");
