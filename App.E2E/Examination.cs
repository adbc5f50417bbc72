using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace Governance.EndToEnd;

/// <summary>Looks at the page in front of a visitor as a checker does, and keeps everything that is wrong.</summary>
public sealed class Examination(string circumstances)
{
    const string Overflow = """
        () => {
          const wide = document.documentElement.scrollWidth - window.innerWidth;
          if (wide <= 0) return null;
          const culprits = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > window.innerWidth + 1).slice(0, 4)
            .map(element => `${element.tagName.toLowerCase()}.${element.className}`);
          return `${wide} px too wide: ${culprits.join(', ')}`;
        }
        """;

    readonly List<string> _findings = [];

    /// <summary>The rules about colours, which are all that a dark page has of its own.</summary>
    static readonly AxeRunOptions s_colours = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    /// <summary>axe's violations, and at 390 px what does not fit.</summary>
    public Task LookAsync(string place, Visitor visitor, bool narrow) => LookAsync(place, visitor, narrow, null);

    /// <summary>The colours of a place that was looked at in full before.</summary>
    public Task LookAtColoursAsync(string place, Visitor visitor) => LookAsync(place, visitor, narrow: false, s_colours);

    async Task LookAsync(string place, Visitor visitor, bool narrow, AxeRunOptions? options)
    {
        foreach (var violation in (await visitor.Page.RunAxe(options)).Violations)
        {
            var nodes = violation.Nodes.Take(4).Select(node => $"    {string.Join(' ', node.Target)}  {node.Html}  {string.Join("; ", node.Any.Select(check => check.Message).Take(1))}");
            _findings.Add($"{circumstances}, {place}: {violation.Id}: {violation.Help} ({violation.Nodes.Length})\n{string.Join('\n', nodes)}");
        }
        if (narrow)
        {
            await visitor.Page.SetViewportSizeAsync(390, 844);
            if (await visitor.Page.EvaluateAsync<string?>(Overflow) is { } wide)
            {
                _findings.Add($"{circumstances}, {place}: at 390 px {wide}");
            }
            await visitor.Page.SetViewportSizeAsync(1280, 720);
        }
    }

    /// <summary>What the console said, unless it is meant to.</summary>
    public void Hear(string place, Visitor visitor, int from) =>
        _findings.AddRange(visitor.Complaints.Skip(from).Select(complaint => $"{circumstances}, {place}: console: {complaint}"));

    public void Fail(string place, Exception failure) => _findings.Add($"{circumstances}, {place}: could not be reached: {failure.Message}");

    public void AssertClean() => Assert.True(_findings.Count == 0, $"{_findings.Count} findings\n{string.Join('\n', _findings)}");
}
