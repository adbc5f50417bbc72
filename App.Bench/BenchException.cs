namespace Governance.Bench;

/// <summary>Why a run cannot start or cannot be trusted, said to the person at the terminal.</summary>
sealed class BenchException(string message) : Exception(message);
