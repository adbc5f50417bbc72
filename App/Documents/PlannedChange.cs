namespace Governance.Documents;

/// <summary>What happens to a thing. Remove ends its force and keeps its history: a rule or budget retires, a key is revoked, a route or price goes.</summary>
enum ChangeKind { Create, Update, Remove }

/// <summary>One value that changes, as the document writes it; null is not set. A secret never stands in one.</summary>
[Pure]
sealed record FieldChange(string Name, string? Before, string? After);

/// <summary>One thing that a document changes.</summary>
/// <param name="Kind">What happens to it.</param>
/// <param name="Noun">What it is.</param>
/// <param name="Id">Its id; a member's e-mail in lower case, <c>project/mode/task_type</c> of a route, <c>vendor/model@day</c> of a price.</param>
/// <param name="Sentence">The change in plain text, for people who do not read YAML.</param>
/// <param name="Fields">The same, value by value.</param>
[Pure]
sealed record PlannedChange(ChangeKind Kind, Noun Noun, string Id, string Sentence, IReadOnlyList<FieldChange> Fields);
