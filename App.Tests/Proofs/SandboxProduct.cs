namespace Governance.Tests.Proofs;

/// <summary>The product with its sandbox: a project that may not use Opus, one that has next to no money, one that may say little.</summary>
public sealed class SandboxProduct : IAsyncLifetime
{
    public Product Product { get; private set; } = null!;

    public string PoorKey { get; private set; } = "";

    public string ShortKey { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Product = await Product.StartAsync(null, "rules:\n  - { id: no-opus, type: deny_model, scope: { project: main }, models: [claude-opus], state: enforced }\n");
        PoorKey = await Product.ProjectAsync("poor", sections: "budgets:\n  - { id: poor-monthly, scope: { project: poor }, cap_usd: \"0.001\" }\n");
        ShortKey = await Product.ProjectAsync("short", sections: "rules:\n  - { id: short-input, type: max_input_tokens, scope: { project: short }, tokens: 50, state: enforced }\n");
    }

    public Task DisposeAsync() => Product.DisposeAsync().AsTask();
}
