namespace Governance.Operations.Start;

/// <summary>A place outside the database that instances must have in common, as one of them found it where its settings point.</summary>
/// <param name="Setting">The setting that names it.</param>
/// <param name="Path">What the setting says there.</param>
/// <param name="Host">The machine that found it.</param>
/// <param name="Mark">What the file says that marks the folder; null where it can neither be read nor made.</param>
/// <param name="Key">The id of the key that lies there; null where none does.</param>
[Pure]
sealed record SharedPlace(string Setting, string Path, string Host, string? Mark, string? Key = null)
{
    /// <summary>True where the two cannot be one place. Copies of one key do the same work; what cannot be read contradicts nothing.</summary>
    public bool Contradicts(SharedPlace other) =>
        Setting == other.Setting && (Key is null || Key != other.Key)
        && (Mark is { } mark && other.Mark is { } marked ? mark != marked : Key is not null && other.Key is not null);

    /// <summary>Why an instance that found this place cannot run beside those that found the other.</summary>
    public string Against(SharedPlace other) =>
        $"{Setting}: {Path} is not what the other running instances of this database use ({other.Path} on {other.Host}). "
        + "Let it lead to the same place on every instance, for example a mounted network folder; where it was moved on purpose, stop the others first.";

    /// <summary>What is known after an instance has looked: what it found, and of what it could not see what was known before.</summary>
    public static IReadOnlyList<SharedPlace> Merge(IReadOnlyList<SharedPlace> known, IReadOnlyList<SharedPlace> found) =>
        [.. found.Select(place => place.Mark is not null || place.Key is not null ? place : known.FirstOrDefault(one => one.Setting == place.Setting) ?? place)];

    /// <summary>True where the marks say something new.</summary>
    public static bool Differ(IReadOnlyList<SharedPlace> known, IReadOnlyList<SharedPlace> merged) =>
        merged.Any(place => !known.Any(one => one.Setting == place.Setting && one.Mark == place.Mark && (one.Key == place.Key || place.Key is null)));
}
