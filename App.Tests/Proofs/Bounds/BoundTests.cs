using System.Globalization;
using System.Text;
using Governance.Decisions;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Pricing;
using Xunit.Abstractions;

namespace Governance.Tests.Proofs.Bounds;

public sealed class BoundTests(ITestOutputHelper output)
{
    static readonly DateTimeOffset at = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    static readonly PriceBook prices = new(PriceList.Shipped);

    /// <summary>GOVERNANCE_BOUND_SEED replays one body.</summary>
    [Fact]
    public void NoProviderCanBillMoreThanIsHeld()
    {
        var biller = new DearestBill();
        var asked = Environment.GetEnvironmentVariable("GOVERNANCE_BOUND_SEED");
        var first = asked is { Length: > 0 } ? int.Parse(asked, CultureInfo.InvariantCulture) : Effort.Full ? 1 : Random.Shared.Next(1_000_000, 1_000_000_000);
        var count = asked is { Length: > 0 } ? 1 : Effort.Times(1_000, 100_000);
        var (held, refused, close) = (0, 0, 0);
        for (var seed = first; seed < first + count; seed++)
        {
            var body = new RandomBody(new Random(seed), biller.Models).Next();
            var read = RequestReader.Read(body, ReadLimits.Default);
            var facts = read is ReadFacts sound ? sound.Facts : throw new InvalidOperationException($"seed {seed}: {read}\n{Encoding.UTF8.GetString(body)}");
            var estimate = WorstCase.Of(facts, Find(facts.Model), [.. facts.OtherModels.Select(Find)], allowUnbounded: false);
            if (estimate.UnboundedBecause is not null || estimate.InvalidBecause is not null)
            {
                refused++;
                continue;
            }
            held++;
            var bill = biller.Of(body);
            if (bill > estimate.Amount.Nanos)
            {
                Assert.Fail($"replay: GOVERNANCE_BOUND_SEED={seed} ./test --fast --filter BoundTests\n{bill} nano-dollars can be billed, {estimate.Amount.Nanos} are held:\n{Encoding.UTF8.GetString(body)}");
            }
            close += bill * 10 >= estimate.Amount.Nanos * (System.Numerics.BigInteger)9 ? 1 : 0;
            if (seed % 20_000 == 0)
            {
                Progress.Say($"worst case: {seed - first} bodies");
            }
        }
        Assert.True(count == 1 || held > count / 2, $"only {held} of {count} bodies were held, {refused} refused");
        output.WriteLine($"seeds {first} to {first + count - 1}: {held} held, {refused} refused as unbounded or malformed, 0 above; {close} bills come within a tenth of their hold");
    }

    static ModelPrice Find(string model) => prices.Find("anthropic", model, at) ?? throw new InvalidOperationException($"{model} has no price.");
}
