namespace Governance.Documents;

/// <summary>The kinds of thing that a document names.</summary>
enum Noun { Workspace, Member, Upstream, Project, Key, Rule, Budget, Route, Price }

/// <summary>One thing, for ever: its kind and its id.</summary>
[Pure]
readonly record struct Named(Noun Noun, string Id);

/// <summary>The parts of a document that it may leave out.</summary>
[Flags]
enum Sections
{
    None = 0,
    Workspace = 1,
    Members = 2,
    Upstreams = 4,
    Projects = 8,
    Rules = 16,
    Budgets = 32,
    Router = 64,
    Prices = 128,
    All = 255,
}
