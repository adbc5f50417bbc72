namespace Governance.Operations.References;

/// <summary>What is written about a key of the document besides what the code that reads it says.</summary>
/// <param name="Sentence">What the key says, in one sentence.</param>
/// <param name="Example">A value as it stands in a document.</param>
/// <param name="Default">What leaving it out means: a value, or some words in brackets.</param>
/// <param name="Unit">Empty where it has none.</param>
[Pure]
sealed record KeyText(string Sentence, string Example, string Default = "", string Unit = "");
