using System.Globalization;
using Governance.Members;
using Governance.Projects;

namespace Governance.Budgets.Editor;

/// <summary>A threshold as it is being typed.</summary>
public sealed class ThresholdForm
{
    public string Percent { get; set; } = "";
    public Severity Severity { get; set; } = Severity.Warning;
    public bool Email { get; set; } = true;
    public bool InApp { get; set; } = true;
}

/// <summary>A dimension of a scope as it is being typed.</summary>
public sealed class ScopeForm
{
    public ScopeKind Kind { get; set; }
    public string Id { get; set; } = "";
}

/// <summary>A budget as it is being typed: everything is text until it is read.</summary>
public sealed class BudgetForm
{
    /// <summary>What a text that is no amount or percentage reads as: no budget may have it.</summary>
    static readonly Money unreadable = new(-1);

    public string Id { get; set; } = "";
    /// <summary>All must match; none is the whole workspace.</summary>
    public IList<ScopeForm> Scope { get; } = [];
    public string Cap { get; set; } = "";
    public BudgetWindow Window { get; set; }
    public string RollingDays { get; set; } = "30";
    public string From { get; set; } = "";
    public string To { get; set; } = "";
    public string TimeZone { get; set; } = "UTC";
    public bool HardBlock { get; set; } = true;
    public HoldKind Hold { get; set; }
    public IList<ThresholdForm> Thresholds { get; } = [];
    public string AlertEmail { get; set; } = "";
    public bool Retired { get; set; }

    public static BudgetForm New(string? project)
    {
        var form = new BudgetForm();
        if (!string.IsNullOrEmpty(project))
        {
            form.Scope.Add(new ScopeForm { Kind = ScopeKind.Project, Id = project });
        }
        form.Preset(80);
        return form;
    }

    public static BudgetForm Of(BudgetDefinition budget)
    {
        var form = new BudgetForm
        {
            Id = budget.Id,
            Cap = budget.Cap.ToPlain(),
            Window = budget.Window,
            RollingDays = (budget.RollingDays ?? 30).ToString(CultureInfo.InvariantCulture),
            From = Text(budget.From),
            To = Text(budget.To),
            TimeZone = budget.TimeZone,
            HardBlock = budget.HardBlock,
            Hold = budget.Hold,
            AlertEmail = budget.AlertEmail ?? "",
            Retired = budget.Retired,
        };
        foreach (var term in budget.Scope)
        {
            form.Scope.Add(new ScopeForm { Kind = term.Kind, Id = term.Id });
        }
        foreach (var (percent, severity, email, inApp) in budget.Thresholds)
        {
            form.Thresholds.Add(new ThresholdForm { Percent = percent.ToString(CultureInfo.InvariantCulture), Severity = severity, Email = email, InApp = inApp });
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
        Scope = [.. Scope.Select(term => new ScopeTerm(term.Kind, term.Id.Trim())).OrderBy(term => term.Kind)],
        Cap = Money.TryParse(Cap.Trim().TrimStart('$'), out var cap) ? cap : unreadable,
        Window = Window,
        RollingDays = Window is BudgetWindow.RollingDays ? Whole(RollingDays) : null,
        From = Window is BudgetWindow.Fixed ? Day(From) : null,
        To = Window is BudgetWindow.Fixed ? Day(To) : null,
        TimeZone = TimeZone.Trim(),
        HardBlock = HardBlock,
        Hold = Hold,
        Thresholds = [.. Thresholds.Select(threshold => new Threshold(Whole(threshold.Percent.Trim().TrimEnd('%', ' ')), threshold.Severity, threshold.Email, threshold.InApp))],
        AlertEmail = AlertEmail.Trim() is { Length: > 0 } email ? email : null,
        Retired = Retired,
    };

    /// <summary>What is wrong with what is typed.</summary>
    internal IReadOnlyList<Problem> Problems() =>
        [.. BudgetValidation.Check(Read()).Select(problem => problem.Path == "cap_usd" && Cap.Contains(',', StringComparison.Ordinal) ? problem with { Message = "must be written without separators, such as 1250.00" } : problem)];

    /// <summary>An id that says whose cap it is, for whoever does not care to think of one.</summary>
    public string Suggestion
    {
        get
        {
            var every = Window is BudgetWindow.RollingDays && Whole(RollingDays) > 0 ? $"{Whole(RollingDays)}-day" : BudgetWords.Every(Window);
            var whose = Scope.Count == 0 ? "workspace" : string.Join('-', Scope.OrderBy(term => term.Kind).Select(term => Plain(term.Id)).Where(id => id.Length > 0));
            return $"{whose}-{every}" is var id && Identifier.IsValid(id) ? id : $"budget-{every}";
        }
    }

    /// <summary>As an id may be written.</summary>
    static string Plain(string text) =>
        string.Concat(text.Trim().ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' ? letter : '-')).Trim('-', '.', '_');

    static int Whole(string text) => int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static DateOnly? Day(string text) => DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    static string Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
