using System.Text.Json;

namespace Governance.Audit.Timeline;

/// <summary>How one evaluated step came out, as a mark.</summary>
enum StepMark { Passed, Stopped, Applied, Skipped, Staged }

/// <summary>One step of a decision with the values that were compared.</summary>
[Pure]
readonly record struct ExplainedStep(StepMark Mark, string Outcome, string Name, string? Rule, string? Expected, string? Actual);

/// <summary>What an event knows beside its sentence: the numbers of that instant, and the steps of the decision in order (F5).</summary>
[Pure]
sealed record Explanation(IReadOnlyList<(string Name, string Value)> Numbers, IReadOnlyList<ExplainedStep> Steps)
{
    public static readonly Explanation None = new([], []);

    public static Explanation Of(JsonElement? details)
    {
        if (details is not { ValueKind: JsonValueKind.Object } said)
        {
            return None;
        }
        var numbers = new List<(string, string)>();
        var steps = new List<ExplainedStep>();
        foreach (var property in said.EnumerateObject())
        {
            if (property.Name == "steps" && property.Value.ValueKind is JsonValueKind.Array)
            {
                steps.AddRange(property.Value.EnumerateArray().Where(step => step.ValueKind is JsonValueKind.Object).Select(Step));
            }
            else if (property.Value.ValueKind is not JsonValueKind.Null)
            {
                numbers.Add((FieldText.Label(property.Name), FieldText.Value(property.Name, property.Value)));
            }
        }
        return new Explanation(numbers, steps);
    }

    static ExplainedStep Step(JsonElement step)
    {
        var outcome = Text(step, "outcome") ?? "";
        var rule = Text(step, "rule_id") is { } id ? id + (Text(step, "rule_version") is { } version ? $" v{version}" : "") : null;
        return new ExplainedStep(Mark(outcome), FieldText.Label(outcome), FieldText.Label(Text(step, "name") ?? "step"), rule, Text(step, "expected"), Text(step, "actual"));
    }

    static StepMark Mark(string outcome) => outcome switch
    {
        "denied" => StepMark.Stopped,
        "applied" => StepMark.Applied,
        "skipped" => StepMark.Skipped,
        "would_deny" or "would_apply" => StepMark.Staged,
        _ => StepMark.Passed,
    };

    static string? Text(JsonElement step, string name) =>
        step.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null
            ? value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText()
            : null;
}
