using System.Text.Json;
using Governance.Bench.Comparison;
using Governance.Bench.Load;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Bench.Micro;

/// <summary><c>decide</c>: what the decision costs without the store, at two sizes of body.</summary>
static class DecideCommand
{
    static readonly int[] BodySizes = [1024, 48 * 1024];

    public static int Run(Arguments arguments)
    {
        var iterations = arguments.Number("iterations", 200_000, 1_000, 100_000_000);
        foreach (var size in BodySizes)
        {
            var body = RequestBytes.Body(stream: false, size);
            foreach (var (name, decide) in Decisions(body))
            {
                Console.WriteLine(new DecisionBench($"{name}, {size / 1024} KB", decide).Run(iterations));
            }
        }
        return 0;
    }

    /// <summary>The floor (one look at every token of the body), then the product's own functions, alone and together.</summary>
    static IEnumerable<(string Name, Action Decide)> Decisions(byte[] body)
    {
        var policy = PolicySet.Compile(ProductRules.All.Select(rule => (rule, 1)), []);
        var facts = Read(body);
        yield return ("floor: every JSON token read once", () => ReadEveryToken(body));
        yield return ("read the request's facts", () => Read(body));
        yield return ("classify the task", () => TaskClassifier.Classify(facts));
        yield return ("classify and evaluate 20 rules", () => Evaluate(policy, facts));
        var price = new PriceBook(PriceList.Shipped).FindAny(facts.Model, DateTimeOffset.UtcNow) ?? throw new BenchException("The bench's model has no price.");
        yield return ("estimate the worst case", () => WorstCase.Of(facts, price, [], false));
        yield return ("together: read, classify, evaluate, estimate", () =>
        {
            var read = Read(body);
            Evaluate(policy, read);
            WorstCase.Of(read, price, [], false);
        });
    }

    static RequestFacts Read(byte[] body) => RequestReader.Read(body, ReadLimits.Default) is ReadFacts sound
        ? sound.Facts
        : throw new BenchException("The bench's own request is refused by the reader.");

    static void Evaluate(PolicySet policy, RequestFacts facts)
    {
        var decision = PolicyEvaluator.Decide(policy, new PolicyQuestion
        {
            Project = ProductRules.Project,
            AskedModel = facts.Model,
            OtherModels = facts.OtherModels,
            Mode = Mode.Balanced,
            TaskType = TaskClassifier.Classify(facts),
            ExpectedInputTokens = facts.ExpectedTextTokens,
            Stream = facts.Stream,
            Thinking = facts.Thinking,
            Tools = facts.Tools,
        });
        if (decision.Denial is not null)
        {
            throw new BenchException("The bench's own rules refuse its own request.");
        }
    }

    static void ReadEveryToken(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
        }
    }
}
