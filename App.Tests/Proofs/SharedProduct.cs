namespace Governance.Tests.Proofs;

/// <summary>One product and one provider for all tests of a class; every test makes a project of its own.</summary>
public sealed class SharedProduct : IAsyncLifetime
{
    public const string Collection = "one product";

    public FakeProvider Provider { get; private set; } = null!;

    public Product Product { get; private set; } = null!;

    /// <summary>The provider, answering plainly again whatever an earlier test made of it.</summary>
    public FakeProvider FreshProvider()
    {
        Provider.Answer = Answers.Message;
        return Provider;
    }

    public async Task InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        Product = await Product.StartAsync(Provider.Url, environment:
        [
            ("Governance__Gateway__BodyLimitBytes", "1048576"),
            ("Governance__Gateway__FirstByteSeconds", "3"),
            ("Governance__Gateway__IdleSeconds", "3"),
            ("Governance__Gateway__ConnectSeconds", "2"),
        ]);
    }

    public async Task DisposeAsync()
    {
        await Product.DisposeAsync();
        await Provider.DisposeAsync();
    }
}

/// <summary>Classes that share the product run one after the other, because the provider's answer belongs to whoever runs.</summary>
[CollectionDefinition(SharedProduct.Collection)]
public sealed class SharedProductCollection : ICollectionFixture<SharedProduct>;

/// <summary>For classes that take the whole machine: they run after all others, one by one, so that nobody else's time limits suffer.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
