namespace Governance.Bench.SignIn;

/// <summary>How many attempts are made, how long, and beside how many calls.</summary>
sealed record FloodOptions
{
    public int AttemptsPerMinute { get; init; }
    /// <summary>How long each part is measured: without attempts, then with them.</summary>
    public double Seconds { get; init; }
    public int Rounds { get; init; }
    /// <summary>The most connections over which attempts are sent at once.</summary>
    public int Connections { get; init; }
    public double CallsPerSecond { get; init; }
    /// <summary>How long calls are driven before anything is measured.</summary>
    public double CompileSeconds { get; init; }
    public string? Product { get; init; }
    public string DataFolder { get; init; } = "";

    public int Attempts => (int)Math.Round(AttemptsPerMinute * Seconds / 60);

    public static FloodOptions From(Arguments arguments) => new()
    {
        AttemptsPerMinute = arguments.Number("attempts-per-minute", 5000, 1, 100_000),
        Seconds = arguments.Fraction("seconds", 60, 5, 600),
        // Each round signs the owner in from an address of its own; strangers together have 200 tries at one account.
        Rounds = arguments.Number("rounds", 1, 1, 8),
        Connections = arguments.Number("connections", 64, 1, 1000),
        CallsPerSecond = arguments.Fraction("rate", 100, 1, 5000),
        CompileSeconds = arguments.Fraction("compile", 10, 0.2, 600),
        Product = arguments.Has("product") ? arguments.Text("product", "") : null,
        DataFolder = arguments.Text("data", Path.GetTempPath()),
    };
}
