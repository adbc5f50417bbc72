using Governance.Audit;
using Governance.Members;
using Governance.Pricing;

namespace Governance.Documents.Text;

/// <summary>What is noted while a document is being read.</summary>
[Pure]
sealed class Reading(PriceBook shipped)
{
    readonly Dictionary<Named, string> claims = [];

    /// <summary>The prices that corrections are laid over.</summary>
    public PriceBook Shipped => shipped;
    /// <summary>Takes note of every key that is asked for; null where a document is read.</summary>
    public KeyCatalog? Catalog { get; init; }
    public List<Problem> Problems { get; } = [];
    public List<Reference> References { get; } = [];
    public List<Named> Released { get; } = [];
    public List<Named> Unlimited { get; } = [];
    public List<string> KeyedProjects { get; } = [];

    /// <summary>The path of every key that stands in the document.</summary>
    public HashSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Where each thing is defined.</summary>
    public IReadOnlyDictionary<Named, string> Paths => claims;

    /// <summary>Nobody reads more faults than this; a hostile document could have half a million.</summary>
    public const int FaultsMaximum = 1000;

    public bool IsFull => Problems.Count >= FaultsMaximum;

    public void Fault(string path, string message)
    {
        if (!IsFull)
        {
            Problems.Add(new(path, message));
        }
    }

    public void Later(string path, string what) => Fault(path, $"{what} is not available in this version");

    /// <summary>Notes that <paramref name="named"/> is defined at <paramref name="path"/>; a second definition is a fault.</summary>
    public void Claim(string path, Named named)
    {
        if (named.Id.Length > 0 && !claims.TryAdd(named, path))
        {
            Fault(path, $"{Words.Of(named.Noun)} '{DocumentPath.Shown(named.Id)}' is already defined at {claims[named]}");
        }
    }

    /// <summary>Adds what another room finds wrong with a definition that was read at <paramref name="path"/> without a fault of its own.</summary>
    public void Also(string path, int faultsBefore, IEnumerable<Problem> problems)
    {
        if (Problems.Count == faultsBefore)
        {
            Problems.AddRange(problems.Select(problem => problem with { Path = problem.Path.Length == 0 ? path : $"{path}.{problem.Path}" }));
        }
    }

    public void Refer(string path, Noun noun, string? id, string? project = null)
    {
        if (!string.IsNullOrEmpty(id))
        {
            References.Add(new(path, new(noun, id), project));
        }
    }
}
