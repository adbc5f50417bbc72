namespace Governance.Journal;

/// <summary>
/// One reading for everybody who asks at about the same time, so that fifty open pages cost as much as one. Who asks for something
/// new never gets a reading that began before it asked; readings keep a distance that leaves the machine to its calls.
/// </summary>
sealed class Shared<T>(Func<Task<T>> read, TimeSpan distance, TimeProvider time) : IDisposable
    where T : class
{
    const int RestFactor = 4;

    readonly SemaphoreSlim gate = new(1, 1);
    volatile T? last;
    long startedAt;
    TimeSpan rest;

    /// <summary>A reading that began at most <paramref name="age"/> ago, or a new one.</summary>
    public async Task<T> ReadAsync(TimeSpan age)
    {
        var asked = time.GetTimestamp();
        if (last is { } recent && time.GetElapsedTime(Interlocked.Read(ref startedAt), asked) <= age)
        {
            return recent;
        }
        await gate.WaitAsync();
        try
        {
            if (last is { } meanwhile && Interlocked.Read(ref startedAt) >= asked)
            {
                return meanwhile;
            }
            if (last is not null && (rest > distance ? rest : distance) - time.GetElapsedTime(startedAt) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time);
            }
            var starts = time.GetTimestamp();
            var reading = await read();
            rest = time.GetElapsedTime(starts) * RestFactor;
            Interlocked.Exchange(ref startedAt, starts);
            last = reading;
            return reading;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
