namespace Governance.Journal;

/// <summary>What the journal has done since the process started. Written by its thread, read by anybody.</summary>
sealed class JournalFigures
{
    long commits;
    long works;
    long failures;
    int largest;

    public long Commits => Volatile.Read(ref commits);

    /// <summary>Works that were committed; divided by the commits it is the mean size of a group.</summary>
    public long Works => Volatile.Read(ref works);

    /// <summary>Works that could not be written.</summary>
    public long Failures => Volatile.Read(ref failures);

    /// <summary>The largest group.</summary>
    public int Largest => Volatile.Read(ref largest);

    internal void Committed(int size)
    {
        Volatile.Write(ref commits, commits + 1);
        Volatile.Write(ref works, works + size);
        if (size > largest)
        {
            Volatile.Write(ref largest, size);
        }
    }

    internal void Failed(int works) => Volatile.Write(ref failures, failures + works);
}
