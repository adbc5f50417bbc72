using Governance.Bench.Upstream;
using Governance.Policies;
using Governance.Projects;

namespace Governance.Bench.Comparison;

/// <summary>Twenty rules of the four shapes that are all looked at and refuse nothing; the product and the bare decision are measured with the same ones.</summary>
static class ProductRules
{
    public const string Project = "bench-project";

    static readonly string[] DeniedModels = ["claude-opus", "claude-3-opus", "claude-haiku-3", "claude-fable", "gpt-5", "gpt-6", "gemini", "grok"];
    static readonly Mode[] DeniedModes = [Mode.Sport, Mode.Eco, Mode.Sport, Mode.Eco];
    static readonly long[] InputLimits = [150_000, 160_000, 170_000, 180_000];

    public static IReadOnlyList<RuleDefinition> All { get; } =
    [
        .. DeniedModels.Select((model, index) => new RuleDefinition { Id = $"deny-model-{index + 1}", Type = RuleType.DenyModel, Project = Project, Models = [model] }),
        .. DeniedModes.Select((mode, index) => new RuleDefinition { Id = $"deny-mode-{index + 1}", Type = RuleType.DenyMode, Project = Project, Modes = [mode] }),
        // The model that is asked for anyway, so that the body goes out unchanged whatever the task is taken for.
        .. Enum.GetValues<TaskType>().Select((task, index) => new RuleDefinition { Id = $"force-model-{index + 1}", Type = RuleType.ForceModel, Project = Project, TaskType = task, Model = StubAnswers.Model }),
        .. InputLimits.Select((tokens, index) => new RuleDefinition { Id = $"max-input-{index + 1}", Type = RuleType.MaxInputTokens, Project = Project, Tokens = tokens }),
    ];
}
