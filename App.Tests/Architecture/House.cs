using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;

namespace Governance.Tests.Architecture;

/// <summary>The house as the rules see it: the order of its rooms, its types and its source files.</summary>
static class House
{
    public const string Root = "Governance";

    /// <summary>The order is the architecture: a room may mention only rooms before it. A new room is added here, once.</summary>
    public static readonly string[] Rooms =
    [
        "Shell", "Journal", "Audit", "Revisions", "Members", "Projects", "Pricing", "Budgets", "Policies", "Sessions", "Decisions", "Ledger", "Gateway",
        "Simulator", "Approvals", "Alerts", "Integrity", "Evidence", "Overview", "Documents", "Operations",
    ];

    /// <summary>The only types that may open a way to the outside.</summary>
    public static readonly string[] OutboundTypes = ["Governance.Gateway.Upstreams.OutboundHttp"];

    /// <summary>The only types that may ask scripts of the browser.</summary>
    public static readonly string[] BrowserTypes = ["Governance.Shell.ScriptModule", "Governance.Shell.ElementFocus"];

    /// <summary>Rows that are written once and never changed.</summary>
    public static readonly string[] AppendOnlyRows = ["Governance.Audit.AuditRow", "Governance.Budgets.ThresholdClaimRow", "Governance.Ledger.Entries.CorrectionRow", "Governance.Ledger.Entries.UsageRow"];

    /// <summary>The outermost types of the product.</summary>
    public static readonly IReadOnlyList<Type> Types = TopLevel(typeof(PureAttribute).Assembly, Root);

    /// <summary>The folder that holds <c>Governance.sln</c>.</summary>
    public static string Folder => AppProcess.RepositoryFolder;

    /// <summary>The outermost types of <paramref name="assembly"/> whose namespace is <paramref name="root"/> or below it.</summary>
    public static IReadOnlyList<Type> TopLevel(Assembly assembly, string root) =>
        [.. assembly.GetTypes().Where(type => !type.IsNested && IsWithin(type, root)).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    public static bool IsWithin(Type type, string root) =>
        type.Namespace is { } name && (name == root || name.StartsWith(root + '.', StringComparison.Ordinal));

    public static bool IsWritten(Type type) =>
        !type.Name.Contains('<', StringComparison.Ordinal) && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && (type.DeclaringType is null || IsWritten(type.DeclaringType));

    public static bool IsMigration(Type type) => IsWithin(type, Root + ".Migrations");

    /// <summary>A page, a component, or the class that the compiler makes of <c>_Imports.razor</c>.</summary>
    public static bool IsRazor(Type type) => typeof(IComponent).IsAssignableFrom(type) || type.Name == "_Imports";

    public static Type Outermost(Type type) => type.DeclaringType is { } owner ? Outermost(owner) : type;

    /// <summary>Asserts that a rule holds; a broken one lists every violation in full.</summary>
    public static void Holds(IEnumerable<string> violations)
    {
        var found = violations.Distinct().ToList();
        Assert.True(found.Count == 0, $"{found.Count} violation(s):\n{string.Join('\n', found)}");
    }
}
