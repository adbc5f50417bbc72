using Governance.Journal.Postgres;

namespace Governance.Tests.Journal.Postgres;

public sealed class ContactTests
{
    readonly Governance.Tests.Ledger.SetClock clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    readonly Contact contact;
    int beat;

    public ContactTests() => contact = new Contact(clock, TimeSpan.FromSeconds(15));

    [Fact]
    public void OnlyWhoGaveNoSignForAWholeLeaseWithoutAGapIsSilent()
    {
        Look(5);
        Assert.Empty(contact.Silent());
        contact.Look(clock.GetTimestamp(), Signs());
        Assert.Equal(["silent"], contact.Silent().Select(sign => sign.Instance));
        clock.Now += TimeSpan.FromSeconds(6);
        Assert.Single(contact.Silent());
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Empty(contact.Silent());
        // After a gap nobody is silent before a whole lease has been watched again.
        Look(5);
        Assert.Empty(contact.Silent());
        contact.Look(clock.GetTimestamp(), Signs());
        Assert.Single(contact.Silent());
    }

    [Fact]
    public void ASlowAnswerCountsFromWhenItWasAskedFor()
    {
        Look(6);
        Assert.Single(contact.Silent());
        var asked = clock.GetTimestamp();
        clock.Now += TimeSpan.FromSeconds(30);
        contact.Look(asked, Signs());
        Assert.Empty(contact.Silent());
    }

    [Fact]
    public void WhoCameLaterIsGivenAWholeLeaseOfItsOwn()
    {
        Look(4);
        for (var look = 0; look < 5; look++)
        {
            contact.Look(clock.GetTimestamp(), [.. Signs(), new LifeSign("late", 7, 7)]);
            clock.Now += TimeSpan.FromSeconds(3);
        }
        Assert.DoesNotContain(contact.Silent(), sign => sign.Instance == "late");
        contact.Look(clock.GetTimestamp(), [.. Signs(), new LifeSign("late", 7, 7)]);
        Assert.Contains(contact.Silent(), sign => sign.Instance == "late");
    }

    /// <summary>One gives signs, though its clock stands; one gives none, though its clock is ahead.</summary>
    LifeSign[] Signs() => [new("living", 0, ++beat), new("silent", long.MaxValue, 1)];

    void Look(int times)
    {
        for (var look = 0; look < times; look++)
        {
            contact.Look(clock.GetTimestamp(), Signs());
            clock.Now += TimeSpan.FromSeconds(3);
        }
    }
}
