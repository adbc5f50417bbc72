using Governance.Pricing;

namespace Governance.Decisions;

/// <summary>The most that a call can cost.</summary>
[Pure]
static class WorstCase
{
    const long ImageTokensExpected = 1_568;
    const long ToolTokens = 900;
    const long FrameTokens = 16;
    const long MessageTokens = 8;
    /// <summary>Base64 bytes of an ordinary page, for the expected figure of a document whose pages cannot be counted.</summary>
    const long PageBytesExpected = 65_536;
    /// <summary>Which part of max_tokens an answer is expected to have, and the most of that.</summary>
    const long ExpectedOutputShare = 4;
    const long ExpectedOutputMax = 4_096;
    /// <summary>Where absurd counts end, so that a body cannot make the arithmetic overflow.</summary>
    const long CountMax = 1_000_000_000_000;
    /// <summary>A billion dollars: more than any budget, and far from what money can hold.</summary>
    const long NanosMax = 1_000_000_000 * Money.NanosPerDollar;

    /// <summary>
    /// The bound of a call and the amount to hold. Each use of a server tool is another turn of sampling over a prompt that the tool's result has grown, so with n uses the input is bounded by n windows
    /// more and the output by n times the maximum more; without a bound on uses there is none for the cost. Every other model named counts as if it served the whole call as well, at the longest
    /// answer that the body asks of any of them; spellings of one model count once, at the dearest of their prices, unless an advisor is among the tools: then every mention counts.
    /// </summary>
    /// <param name="others">One price for each distinct model of <see cref="RequestFacts.OtherModels"/>, the call's own included where an advisor names it; one that is missing has no bound.</param>
    /// <param name="allowUnbounded">The project pays for calls without a bound: the amount is then the bound of the first turn, or the formula.</param>
    public static CallEstimate Of(RequestFacts facts, ModelPrice price, IReadOnlyList<ModelPrice> others, bool allowUnbounded)
    {
        var uses = Uses(facts);
        var advised = facts.ServerTools.Any(tool => ToolTypes.Advises(tool.Type));
        var own = Serve(facts, price, uses, ownOutput: false);
        var bound = own.Cost;
        var dearest = default(ExactCost);
        var unbounded = Unbounded(facts, others) ?? own.Unbounded;
        foreach (var spellings in others.GroupBy(other => ModelName.Canonical(other.Model), StringComparer.Ordinal))
        {
            var parts = spellings.Select(other => Serve(facts, other, uses, ownOutput: advised)).ToList();
            var part = parts.MaxBy(serve => serve.Cost.Zeptos);
            // An advisor serves beside whoever serves the call: a model that is both, under whatever spelling, is paid for twice.
            bound = advised ? parts.Aggregate(bound, (sum, each) => sum + each.Cost) : bound + part.Cost;
            dearest = ExactCost.Max(dearest, part.Cost);
            unbounded ??= part.Unbounded;
        }
        for (var again = advised ? facts.RepeatedModels : 0; again > 0; again--)
        {
            bound += dearest;
        }
        bound += ExactCost.OfFees(SearchUses(facts), price.SearchFeeNanos);

        var expected = Expected(facts);
        var most = MaxOutput(facts, price) ?? 0;
        var formula = Formula(facts, price, expected, most);
        var probable = Saturated(Formula(facts, price, expected, Math.Min((most + ExpectedOutputShare - 1) / ExpectedOutputShare, ExpectedOutputMax)));
        var (formulaMoney, boundMoney) = (Saturated(formula), Saturated(bound));
        var amount = Money.Max(formulaMoney, boundMoney);
        return new CallEstimate
        {
            Amount = amount,
            // Never nothing where the call costs something: nothing passes every cap.
            Expected = Money.Min(amount, Money.Max(probable, new Money(1))),
            Formula = formulaMoney,
            Bound = boundMoney,
            ExpectedInputTokens = expected,
            MaxInputTokens = own.Input,
            MaxOutputTokens = own.Output,
            // A project may pay for what is not bounded, but nobody pays a billion: an amount that was cut to fit is no hold.
            Unbounded = amount.Nanos >= NanosMax ? new("its bound is beyond any budget", "Set a lower max_tokens, or use a cheaper model.", MayBeAllowed: false) : allowUnbounded ? null : unbounded,
            InvalidBecause = CallLimits.TooManyModels(facts) ?? CallLimits.TooLong(facts, price, others),
        };
    }

    /// <summary>The tokens that the input probably has.</summary>
    public static long Expected(RequestFacts facts, long ofUnknownImage = ImageTokensExpected)
    {
        var hidden = facts.Documents - facts.FoundDocuments;
        var guessed = hidden <= 0 ? 0 : Math.Max(Math.Min(facts.DocumentBytes / PageBytesExpected, FileTokens.MaxPages), hidden);
        var images = facts.ExpectedImageTokens + ((long)Math.Max(0, facts.Images - facts.MeasuredImages) * ofUnknownImage);
        return (long)Int128.Min(CountMax, (Int128)facts.ExpectedTextTokens + images + facts.ExpectedDocumentTokens + (guessed * FileTokens.ExpectedPage));
    }

    static (ExactCost Cost, long Input, long Output, Unbounded? Unbounded) Serve(RequestFacts facts, ModelPrice price, long uses, bool ownOutput)
    {
        var (first, reason) = FirstInput(facts, price);
        var output = MaxOutput(facts, price);
        if (output is null)
        {
            reason ??= new($"the request sets no max_tokens and the longest answer of {price.Model} is not known", $"Set max_tokens, or enter the longest answer of {price.Model} with its price.");
        }
        // An advisor answers at its own length; max_tokens does not bind it. A fallback may set a longer one than the call's.
        var longest = Math.Max(Math.Max(output ?? 0, Math.Clamp(facts.OtherMaxTokens ?? 0, 0, CountMax)), ownOutput ? price.MaxOutputTokens ?? price.ContextTokens ?? 0 : 0);
        if (uses > 0 && price.ContextTokens is null)
        {
            reason ??= new($"server tools grow the prompt and the context window of {price.Model} is not known", $"Leave the server tools out, or enter the context window of {price.Model} with its price.");
        }
        var window = Math.Max(first, price.ContextTokens ?? first);
        var input = Int128.Min(CountMax, (Int128)first + ((Int128)uses * window));
        var outputs = Int128.Min(CountMax, (Int128)longest * (uses + 1));
        var terms = Terms(facts);
        var rates = Dearest(price, uses > 0 ? window : first, facts.CacheWrite);
        if (facts.Compaction)
        {
            // Summarising reads the whole prompt once more and answers at the model's own length; both are billed beside the total.
            var summary = price.MaxOutputTokens ?? price.ContextTokens;
            if (summary is null)
            {
                reason ??= new($"the conversation may be compacted first and the longest answer of {price.Model} is not known", $"Leave compaction out, or enter the longest answer of {price.Model} with its price.");
            }
            // Before the first turn and before every one that a server tool adds.
            input = Int128.Min(CountMax, input + ((Int128)(uses + 1) * (uses > 0 ? window : first)));
            outputs = Int128.Min(CountMax, outputs + ((Int128)(uses + 1) * (summary ?? 0)));
        }
        return (ExactCost.OfTokens((long)input, rates.Input, price, terms) + ExactCost.OfTokens((long)outputs, rates.Output, price, terms), (long)input, (long)outputs, reason);
    }

    /// <summary>
    /// No token covers less than one byte, so bytes bound the text. Images and pages are bounded by what was read of them; where that is not certain, by the largest image and by as many pages as a
    /// provider takes in a request, but never by fewer than were found. What is elsewhere (URLs, files) is bounded by the window.
    /// </summary>
    static (long Tokens, Unbounded? Unbounded) FirstInput(RequestFacts facts, ModelPrice price)
    {
        var pages = facts.Documents > facts.ExactDocuments ? Math.Max(FileTokens.MaxPages, facts.Pages) : 0;
        var tools = facts.Tools > 0 || facts.ServerTools.Count > 0 || facts.McpServers ? ToolTokens : 0;
        var bytes = (Int128)Math.Max(facts.TextBytes, facts.ExpectedTextTokens) + FrameTokens + ((Int128)facts.Messages * MessageTokens) + tools
            + facts.MaxImageTokens + ((Int128)Math.Max(0, facts.Images - facts.MeasuredImages) * FileTokens.MaxImage)
            + facts.MaxDocumentTokens + ((Int128)pages * FileTokens.MaxPage);
        var measured = (long)Int128.Min(CountMax, bytes);
        return (facts.Unmeasurable, price.ContextTokens) switch
        {
            (true, null) => (measured, new($"the prompt cannot be measured here and the context window of {price.Model} is not known",
                $"Send files and images in the body instead of naming them, or enter the context window of {price.Model} with its price.")),
            (true, { } window) => (window, null),
            (false, { } window) => (Math.Min(measured, window), null),
            (false, null) => (measured, null),
        };
    }

    static long? MaxOutput(RequestFacts facts, ModelPrice price) =>
        (facts.MaxTokens ?? price.MaxOutputTokens ?? price.ContextTokens) is { } most ? Math.Clamp(most, 0, CountMax) : null;

    static Unbounded? Unbounded(RequestFacts facts, IReadOnlyList<ModelPrice> others) =>
        facts.McpServers ? new("servers that the provider calls (mcp_servers) have no bound on turns", "Leave mcp_servers out.")
        : facts.ServerTools.Where(tool => BoundOf(tool) is null).Select(UnboundedTool).FirstOrDefault() is { } tool ? tool
        : others.Count < Distinct(facts.OtherModels) ? new("a model that the request names has no price", "Enter its price, or leave the model out.")
        : null;

    static Unbounded? UnboundedTool(ServerTool tool) => ToolTypes.Advises(tool.Type) && ToolTypes.KeepsToMaxUses(tool.Type)
        ? new($"the advisor {tool.Type} names no model or has no max_uses", "Give it a model and max_uses.")
        : ToolTypes.KeepsToMaxUses(tool.Type)
        ? new($"the server tool {tool.Type} has no max_uses", "Give it max_uses.")
        : new($"the server tool {tool.Type} runs at the provider as often as it likes; no max_uses is known to bound it", "Leave that tool out.");

    static int Distinct(IEnumerable<string> models) => models.Select(ModelName.Canonical).Distinct(StringComparer.Ordinal).Count();

    /// <summary>How often the provider may run a tool; null where nothing bounds it. Tools that the client runs end the turn and cost nothing of their own.</summary>
    static long? BoundOf(ServerTool tool) => !ToolTypes.RunsAtTheProvider(tool.Type) ? 0 : ToolTypes.KeepsToMaxUses(tool.Type) ? tool.MaxUses : null;

    static long Uses(RequestFacts facts) => Sum(facts.ServerTools.Where(tool => ToolTypes.RunsAtTheProvider(tool.Type)));

    static long SearchUses(RequestFacts facts) => Sum(facts.ServerTools.Where(tool => ToolTypes.SearchesTheWeb(tool.Type)));

    static long Sum(IEnumerable<ServerTool> tools) => tools.Aggregate(0L, (sum, tool) => Math.Min(1_000_000, sum + Math.Clamp(tool.MaxUses ?? 0, 0, 1_000_000)));

    /// <summary>The dearest rates that a prompt up to this size can meet, each class for itself; tiers need not rise.</summary>
    static (long Input, long Output) Dearest(ModelPrice price, long prompt, CacheWrite write)
    {
        var (input, output) = (Input(price.Rates, write), price.Rates.Output);
        foreach (var tier in price.Tiers)
        {
            if (prompt > tier.AbovePromptTokens)
            {
                (input, output) = (Math.Max(input, Input(tier.Rates, write)), Math.Max(output, tier.Rates.Output));
            }
        }
        return (input, output);
    }

    static long Input(TokenRates rates, CacheWrite write)
    {
        var plain = Math.Max(rates.Input, rates.CacheRead);
        return write switch
        {
            CacheWrite.OneHour => Math.Max(plain, Math.Max(rates.CacheWriteShort, rates.CacheWriteLong)),
            CacheWrite.FiveMinutes => Math.Max(plain, rates.CacheWriteShort),
            _ => plain,
        };
    }

    static ExactCost Formula(RequestFacts facts, ModelPrice price, long expected, long output)
    {
        var rates = CallCost.RatesFor(price, expected);
        var terms = Terms(facts);
        var cost = ExactCost.OfTokens(output, rates.Output, price, terms) + ExactCost.OfTokens(expected, rates.Input, price, terms);
        return cost.Percent(110);
    }

    /// <summary>Any place but the two that are known to cost nothing more is taken for the dear one.</summary>
    static ServiceTerms Terms(RequestFacts facts) => new(Fast: facts.Fast, GeoUs: facts.InferenceGeo is not (null or "" or "global" or "not_available"));

    static Money Saturated(ExactCost cost) => cost.Zeptos >= (Int128)NanosMax * 1_000_000_000_000 ? new Money(NanosMax) : cost.RoundedUp();
}
