using Governance.Audit;
using Governance.Members;

namespace Governance.Documents.Text;

/// <summary>What came of reading a document: <see cref="DocumentAccepted"/> or <see cref="DocumentRejected"/>.</summary>
[Pure]
abstract record DocumentReading;

/// <summary>The document is well formed. Its references are still to be looked up with <see cref="DocumentReferences.Problems"/>.</summary>
[Pure]
sealed record DocumentAccepted(GovernanceDocument Document, IReadOnlyList<Reference> References) : DocumentReading
{
    /// <summary>Where each thing is defined: <c>projects[0].keys[1]</c>.</summary>
    public IReadOnlyDictionary<Named, string> Paths { get; init; } = new Dictionary<Named, string>();

    /// <summary>The path of every key that stands in the document.</summary>
    public IReadOnlySet<string> Given { get; init; } = new HashSet<string>();

    /// <summary>How messages call a thing: by its place in the document, else by its id.</summary>
    public string PathOf(Named named) => Paths.TryGetValue(named, out var path) ? path : $"{Words.Of(named.Noun)} {named.Id}";
}

/// <summary>Everything that is wrong with it, at least one.</summary>
[Pure]
sealed record DocumentRejected(IReadOnlyList<Problem> Problems) : DocumentReading;

/// <summary>A place that names a thing which has to exist.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Target">What it names.</param>
/// <param name="Project">For a key's own definition: the project it stands under, which must not change.</param>
[Pure]
readonly record struct Reference(string Path, Named Target, string? Project = null);
