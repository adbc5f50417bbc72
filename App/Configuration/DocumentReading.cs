using Governance.Projects;

namespace Governance.Configuration;

/// <summary>What came of reading a document: <see cref="DocumentAccepted"/> or <see cref="DocumentRejected"/>.</summary>
[Pure]
abstract record DocumentReading;

/// <summary>The document is well formed. Its references are still to be looked up with <see cref="DocumentReferences.Problems"/>.</summary>
[Pure]
sealed record DocumentAccepted(GovernanceDocument Document, IReadOnlyList<Reference> References) : DocumentReading;

/// <summary>Everything that is wrong with it, at least one.</summary>
[Pure]
sealed record DocumentRejected(IReadOnlyList<Problem> Problems) : DocumentReading;

/// <summary>A place that names a thing which has to exist.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Target">What it names.</param>
/// <param name="Project">For a key's own definition: the project it stands under, which must not change.</param>
[Pure]
readonly record struct Reference(string Path, Named Target, string? Project = null);
