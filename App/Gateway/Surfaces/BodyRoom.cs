namespace Governance.Gateway.Surfaces;

/// <summary>How many bytes the bodies of all calls in flight may take together: a body that finds no room is refused, so that no number of clients can take the machine's memory.</summary>
sealed class BodyRoom(long maxBytes)
{
    long taken;

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => Volatile.Read(ref taken);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= maxBytes)
        {
            return true;
        }
        GiveBack(bytes);
        return false;
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref taken, -bytes);
}
