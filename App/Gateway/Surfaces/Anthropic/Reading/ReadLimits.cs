namespace Governance.Gateway.Surfaces.Anthropic.Reading;

/// <summary>What a body may at most be, and what it must at least say. Nothing above a limit is skipped: it is refused.</summary>
[Pure]
sealed record ReadLimits
{
    public static ReadLimits Default { get; } = new();

    /// <summary>Objects and arrays within one another, the body itself counted.</summary>
    public int DepthMax { get; init; } = 64;
    public int MessagesMax { get; init; } = 100_000;
    /// <summary>Properties of one object.</summary>
    public int PropertiesMax { get; init; } = 100_000;
    /// <summary>Characters of one number.</summary>
    public int NumberLengthMax { get; init; } = 1_000;
    /// <summary>Characters of a model's name and of the other short settings.</summary>
    public int NameLengthMax { get; init; } = 256;
    /// <summary>Characters of <c>metadata.user_id</c>.</summary>
    public int UserLengthMax { get; init; } = 1_024;
    /// <summary>False where the mode chooses the model.</summary>
    public bool RequireModel { get; init; } = true;
    /// <summary>False for count_tokens.</summary>
    public bool RequireMaxTokens { get; init; } = true;
}
