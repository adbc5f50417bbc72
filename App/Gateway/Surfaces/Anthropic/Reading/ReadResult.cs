using Governance.Decisions;

namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What reading a body came to: its facts, or the reason why it is refused.</summary>
abstract record ReadResult;

/// <summary>The body is sound.</summary>
[Pure]
sealed record ReadFacts(RequestFacts Facts) : ReadResult;

/// <summary>The body is refused with a 400 of type invalid_request_error.</summary>
/// <param name="Message">A sentence for the caller that names the place.</param>
/// <param name="Path">The place, such as <c>messages[3].role</c>; null where it is the body as a whole.</param>
[Pure]
sealed record ReadFault(string Message, string? Path) : ReadResult;
