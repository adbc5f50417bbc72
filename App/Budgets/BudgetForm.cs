using System.Globalization;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Budgets;

/// <summary>A threshold as it is being typed.</summary>
public sealed class ThresholdForm
{
    public string Percent { get; set; } = "";
    public Severity Severity { get; set; } = Severity.Warning;
    public bool Email { get; set; } = true;
}

/// <summary>A budget as it is being typed: everything is text until it is read.</summary>
public sealed class BudgetForm
{
    /// <summary>What a text that is no amount or percentage reads as: no budget may have it.</summary>
    static readonly Money unreadable = new(-1);

    public string Id { get; set; } = "";
    /// <summary>Empty for the workspace. Of no meaning where <see cref="Further"/> has anything.</summary>
    public string Project { get; set; } = "";
    /// <summary>A scope of other dimensions, which the form shows but cannot edit.</summary>
    public IReadOnlyList<ScopeTerm> Further { get; init; } = [];
    public string Cap { get; set; } = "";
    public BudgetWindow Window { get; set; }
    public string TimeZone { get; set; } = "UTC";
    public bool HardBlock { get; set; } = true;
    public HoldKind Hold { get; set; }
    public IList<ThresholdForm> Thresholds { get; } = [];
    public string AlertEmail { get; set; } = "";
    public bool Retired { get; set; }

    public static BudgetForm New(string? project)
    {
        var form = new BudgetForm { Project = project ?? "" };
        form.Preset(80);
        return form;
    }

    public static BudgetForm Of(BudgetDefinition budget)
    {
        var form = new BudgetForm
        {
            Id = budget.Id,
            Project = budget.Scope is [{ Kind: ScopeKind.Project } project] ? project.Id : "",
            Further = budget.Scope is [] or [{ Kind: ScopeKind.Project }] ? [] : budget.Scope,
            Cap = budget.Cap.ToPlain(),
            Window = budget.Window,
            TimeZone = budget.TimeZone,
            HardBlock = budget.HardBlock,
            Hold = budget.Hold,
            AlertEmail = budget.AlertEmail ?? "",
            Retired = budget.Retired,
        };
        foreach (var (percent, severity, email) in budget.Thresholds)
        {
            form.Thresholds.Add(new ThresholdForm { Percent = percent.ToString(CultureInfo.InvariantCulture), Severity = severity, Email = email });
        }
        return form;
    }

    /// <summary>Replaces the thresholds by these: 100 is critical, the rest warn.</summary>
    public void Preset(params int[] percents)
    {
        Thresholds.Clear();
        foreach (var percent in percents)
        {
            Thresholds.Add(new ThresholdForm { Percent = percent.ToString(CultureInfo.InvariantCulture), Severity = percent == 100 ? Severity.Critical : Severity.Warning });
        }
    }

    /// <summary>What is typed, as a budget. A text that is no number reads as one that no budget may have.</summary>
    public BudgetDefinition Read() => new()
    {
        Id = Id.Trim().Length > 0 ? Id.Trim() : Suggestion,
        Scope = Further.Count > 0 ? Further : Project.Length > 0 ? [new ScopeTerm(ScopeKind.Project, Project)] : [],
        Cap = Money.TryParse(Cap.Trim().TrimStart('$'), out var cap) ? cap : unreadable,
        Window = Window,
        TimeZone = TimeZone.Trim(),
        HardBlock = HardBlock,
        Hold = Hold,
        Thresholds = [.. Thresholds.Select(threshold => new Threshold(Percent(threshold.Percent), threshold.Severity, threshold.Email))],
        AlertEmail = AlertEmail.Trim() is { Length: > 0 } email ? email : null,
        Retired = Retired,
    };

    /// <summary>What is wrong with what is typed.</summary>
    internal IReadOnlyList<Problem> Problems() =>
        [.. BudgetValidation.Check(Read()).Select(problem => problem.Path == "cap_usd" && Cap.Contains(',', StringComparison.Ordinal) ? problem with { Message = "must be written without separators, such as 1250.00" } : problem)];

    /// <summary>An id that says whose cap it is, for whoever does not care to think of one.</summary>
    public string Suggestion => $"{(Project.Length > 0 ? Project : "workspace")}-{BudgetWords.Every(Window)}" is { Length: <= Identifier.MaxLength } id ? id : $"budget-{BudgetWords.Every(Window)}";

    static int Percent(string text) => int.TryParse(text.Trim().TrimEnd('%', ' '), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent : 0;
}
