namespace Governance.Bench.Load;

/// <summary>One cell to be driven; the load process takes it as a line of JSON.</summary>
/// <param name="BodyBytes">Size of the request's body.</param>
/// <param name="AnswerBytes">What every answer's body must measure; 0 does not look.</param>
/// <param name="MostRequests">A bound besides time.</param>
sealed record LoadOrder(Uri Address, bool Stream, int Connections, double WarmupSeconds, double Seconds, string Key, int BodyBytes, int AnswerBytes, long MostRequests = 50_000_000)
{
    /// <summary>Calls of all connections together, each at its time whether earlier ones are answered or not; 0 makes the next call as soon as the last is answered.</summary>
    public double CallsPerSecond { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Total">All answered calls, those of the warm-up too.</param>
/// <param name="Measured">Calls answered within the measured time.</param>
/// <param name="Faults">Calls that were not answered by a complete 200 of the right length; <paramref name="FirstFault"/> tells of one.</param>
/// <param name="GeneratorCpuMicros">What a call cost the generator itself.</param>
sealed record LoadResult(long Total, long Measured, long Faults, string? FirstFault, double RequestsPerSecond, double P50Micros, double P99Micros, double MeanMicros, double GeneratorCpuMicros);
