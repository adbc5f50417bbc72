namespace Governance;

/// <summary>Marks a decision: values in, value out. No clock, no randomness, no I/O, no EF, no ASP.NET. The tests hold it to its word.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
sealed class PureAttribute : Attribute;
