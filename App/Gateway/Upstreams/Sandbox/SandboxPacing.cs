namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>How long the sandbox waits between the events of a stream, so that it looks alive: always the same waits in the same order.</summary>
[Pure]
sealed record SandboxPacing(int LeastMilliseconds, int MostMilliseconds)
{
    /// <summary>As a quick model would stream.</summary>
    public static readonly SandboxPacing Live = new(0, 15);
    public static readonly SandboxPacing None = new(0, 0);

    /// <summary>The wait before the frame of that number; there is none before the first.</summary>
    public TimeSpan Before(int frame) =>
        frame == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(LeastMilliseconds + frame * 7L % (MostMilliseconds - LeastMilliseconds + 1), 0);
}
