namespace Governance.Members;

/// <summary>Something wrong in what a person wrote.</summary>
/// <param name="Path">Where, relative to the thing checked: <c>cap_usd</c>, <c>models[1]</c>; empty for the thing itself.</param>
/// <param name="Message">What is wrong and what would be right, as a sentence.</param>
[Pure]
readonly record struct Problem(string Path, string Message);
