using Governance.Budgets;
using Governance.Documents;
using Governance.Gateway.Surfaces.Anthropic.Reading;
using Governance.Gateway.Upstreams;
using Governance.Members;
using Governance.Policies;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Tests.Documents;

/// <summary>Documents in canonical order, with texts that a careless writer would spoil.</summary>
sealed class RandomDocument(int seed)
{
    static readonly string[] Texts =
    [
        "plain", "two words", "no", "Yes", "null", "~", "true", "12", "1e5", ".5", "0x1f", "-", "- x", "a: b", "a:b", "x #y", "#x", "{a}", "[b]", "it's", "say \"so\"",
        "back\\slash", "é 🚀", "a,b", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "?", "a?", "2026-11-01", "12:30", "1_000", "=", "<<", "\u00a0x".Trim(), "ends:", "9.", "=x", "---", "...",
    ];

    readonly Random random = new(seed);

    public GovernanceDocument Next()
    {
        var sections = (Sections)random.Next(256);
        var keyed = new List<string>();
        var released = new List<Named>();
        var keys = new List<KeyEntry>();
        var workspace = sections.HasFlag(Sections.Workspace)
            ? new WorkspaceDefinition { Id = "w", Name = Text(), Plan = One<Plan>(), Stopped = Stopped(released, new(Noun.Workspace, "w")) } : null;
        var projects = Some(sections, Sections.Projects, number => Project($"p{number}", released, keys, keyed));
        return new()
        {
            Sections = sections,
            Workspace = workspace,
            Members = Some(sections, Sections.Members, number => new MemberEntry(new() { Email = $"m{number}@x.test", Role = One<MemberRole>() }, Maybe("SECRET_1"))),
            Upstreams = Some(sections, Sections.Upstreams, number => Upstream($"u{number}")),
            Projects = projects,
            Keys = keys,
            Rules = Some(sections, Sections.Rules, number => Rule($"{number}")),
            Budgets = Some(sections, Sections.Budgets, number => Budget($"b{number}")),
            Routes = Some(sections, Sections.Router, number => new RouteDefinition { Project = number == 0 ? null : $"p{number}", Mode = One<Mode>(), TaskType = One<TaskType>(), Model = "m-1" }),
            Prices = Some(sections, Sections.Prices, number => Price($"m{number}")),
            Prune = Coin(),
            KeyedProjects = keyed,
            Released = released,
        };
    }

    ProjectDefinition Project(string id, List<Named> released, List<KeyEntry> keys, List<string> keyed)
    {
        var project = new ProjectDefinition
        {
            Id = id,
            Name = Text(),
            Owner = Maybe("o@x.test"),
            AlertEmail = Maybe("a@x.test"),
            Department = Maybe(Text()),
            Customer = Maybe(Text()),
            DefaultMode = One<Mode>(),
            Upstreams = Coin() ? ["z", "a"] : [],
            Environment = Maybe(Text()),
            Cache = Coin(),
            Stopped = Stopped(released, new(Noun.Project, id)),
            AllowUnbounded = Coin(),
            WaitForHoldsMilliseconds = Coin() ? 0 : random.Next(1, 5_001),
            FailOpenAllowance = Coin() ? new Money(random.NextInt64(1, 1_000_000_000_000)) : null,
        };
        if (Coin())
        {
            keyed.Add(id);
            keys.AddRange(Enumerable.Range(0, random.Next(3)).Select(number => Key($"{id}-k{number}", id, released)));
        }
        return project;
    }

    KeyEntry Key(string id, string project, List<Named> released) => new(
        new()
        {
            Id = id,
            Project = project,
            Attribution = new() { Tenant = Maybe("w"), Department = Maybe(Text()), Employee = Maybe(Text()), Customer = Maybe(Text()), Feature = Maybe(Text()), Workflow = Maybe(Text()) },
            AttributionOverride = One<AttributionOverride>(),
            DefaultMode = Coin() ? One<Mode>() : null,
            ExpiresAt = Instant(),
            Stopped = Stopped(released, new(Noun.Key, id)),
            Revoked = Coin(),
        },
        Maybe("KEY_ENV"));

    UpstreamDefinition Upstream(string id) => Coin()
        ? new() { Id = id, Kind = UpstreamKind.Sandbox }
        : new() { Id = id, Kind = UpstreamKind.Anthropic, BaseUrl = Coin() ? "https://a.example/v1" : "http://127.0.0.1:80", ApiKeyEnv = Maybe("A_1"), AllowPrivateNetwork = Coin() };

    RuleDefinition Rule(string id)
    {
        var rule = new RuleDefinition { Id = id, Type = One<RuleType>(), Project = Maybe("p"), State = One<RuleState>(), Reason = Maybe(Coin() ? Text() : "one\ntwo: 2\n\n three") };
        return rule.Type switch
        {
            RuleType.DenyModel => rule with { Models = Coin() ? ["claude-*", "gpt-5"] : ["a"] },
            RuleType.DenyMode => rule with { Modes = [Mode.Eco, Mode.Sport] },
            RuleType.ForceModel => rule with { Model = "m", TaskType = Coin() ? One<TaskType>() : null },
            _ => rule with { Tokens = random.Next(1, 9999) },
        };
    }

    BudgetDefinition Budget(string id)
    {
        var budget = Calendar(id);
        return random.Next(4) switch
        {
            0 => budget with { Window = BudgetWindow.RollingDays, RollingDays = random.Next(1, 367) },
            1 => budget with { Window = BudgetWindow.Fixed, From = new(2026, 1, 31), To = new DateOnly(2026, 1, 31).AddDays(random.Next(400)) },
            2 => budget with { Window = BudgetWindow.Session },
            _ => budget,
        };
    }

    BudgetDefinition Calendar(string id) => new()
    {
        Id = id,
        Scope = [.. new[] { ScopeKind.Tenant, ScopeKind.Department, ScopeKind.Project, ScopeKind.Key, ScopeKind.Vendor, ScopeKind.Session }.Where(_ => Coin())
            .Select(kind => new ScopeTerm(kind, kind is ScopeKind.Department or ScopeKind.Vendor or ScopeKind.Session ? Text() : "x1"))],
        Cap = new(random.NextInt64(1_000_000_000_000_000_000) / (Coin() ? 1 : 1_000_000_000)),
        Window = (BudgetWindow)random.Next(3),
        TimeZone = Coin() ? "UTC" : "Asia/Kolkata",
        HardBlock = Coin(),
        Hold = One<HoldKind>(),
        Thresholds = random.Next(3) switch { 0 => [], 1 => [new(80)], _ => [new(10, Severity.Info, Coin(), Coin()), new(100, Severity.Critical, Coin())] },
        AlertEmail = Maybe("b@x.test"),
        Retired = Coin(),
    };

    PriceOverlay Price(string model) => new()
    {
        Model = model,
        Vendor = "v",
        Rates = new() { Input = Rate(), Output = Rate(), CacheRead = Coin() ? Rate() : null, CacheWriteShort = Coin() ? Rate() : null, CacheWriteLong = Coin() ? Rate() : null },
        Tiers = Coin() ? null : [new(1000, Rates()), new(2000, Rates())],
        ContextTokens = Coin() ? random.Next(1, 999) : null,
        MaxOutputTokens = Coin() ? 5 : null,
        GeoUsPermille = Coin() ? random.Next(900, 1200) : null,
        FastPermille = random.Next(3) switch { 0 => null, 1 => 1000, _ => 2000 },
        BatchPermille = random.Next(3) switch { 0 => null, 1 => 1000, _ => 500 },
        WebSearchNanos = random.Next(3) switch { 0 => null, 1 => 0, _ => random.Next() },
        EffectiveFrom = Coin() ? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) : null,
        EffectiveUntil = Coin() ? new DateTimeOffset(2026, 5, 1, 7, 30, 1, 20, TimeSpan.Zero) : null,
    };

    TokenRates Rates() => new() { Input = Rate(), Output = Rate(), CacheRead = Rate(), CacheWriteShort = Rate(), CacheWriteLong = Rate() };

    long Rate() => random.Next(3) switch { 0 => 0, 1 => 1_000_000, _ => random.Next() };

    DateTimeOffset? Instant() => random.Next(3) switch
    {
        0 => null,
        1 => new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
        _ => new DateTimeOffset(2027, 1, 1, 8, 0, 0, TimeSpan.Zero).AddTicks(random.Next()),
    };

    bool Stopped(List<Named> released, Named named)
    {
        var choice = random.Next(3);
        if (choice == 1)
        {
            released.Add(named);
        }
        return choice == 2;
    }

    List<T> Some<T>(Sections sections, Sections section, Func<int, T> make) =>
        sections.HasFlag(section) ? [.. Enumerable.Range(0, random.Next(4)).Select(make)] : [];

    string Text() => Texts[random.Next(Texts.Length)];

    string? Maybe(string text) => Coin() ? text : null;

    bool Coin() => random.Next(2) == 0;

    T One<T>() where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];
}
