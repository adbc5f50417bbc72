using Governance.Audit;
using Governance.Tests.Ledger;

namespace Governance.Tests.Audit;

public sealed class ContactTests
{
    readonly Governance.Tests.Ledger.SetClock clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void OnlyAWholeLeaseWithoutAGapIsSteady()
    {
        var contact = new Contact(clock, TimeSpan.FromSeconds(15));
        Assert.False(contact.IsSteady);
        SignEvery(3, 5, contact);
        Assert.False(contact.IsSteady);
        contact.Sign(clock.GetTimestamp());
        Assert.True(contact.IsSteady);
        clock.Now += TimeSpan.FromSeconds(6);
        Assert.True(contact.IsSteady);
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.False(contact.IsSteady);
        SignEvery(3, 5, contact);
        Assert.False(contact.IsSteady);
        contact.Sign(clock.GetTimestamp());
        Assert.True(contact.IsSteady);
    }

    [Fact]
    public void ASlowAnswerCountsFromWhenItWasAskedFor()
    {
        var contact = new Contact(clock, TimeSpan.FromSeconds(15));
        SignEvery(3, 6, contact);
        Assert.True(contact.IsSteady);
        var asked = clock.GetTimestamp();
        clock.Now += TimeSpan.FromSeconds(30);
        contact.Sign(asked);
        Assert.False(contact.IsSteady);
    }

    void SignEvery(int seconds, int times, Contact contact)
    {
        for (var sign = 0; sign < times; sign++)
        {
            contact.Sign(clock.GetTimestamp());
            clock.Now += TimeSpan.FromSeconds(seconds);
        }
    }
}
