using Governance.Journal;

namespace Governance.Tests.Proofs.Kills;

/// <summary>Which instances were killed and when, and how long their holds stayed open.</summary>
sealed class KilledInstances(Reads reads)
{
    static readonly TimeSpan stuck = TimeSpan.FromSeconds(60);

    readonly Dictionary<string, DateTimeOffset> killed = [];
    readonly HashSet<string> open = [];

    public int Count => killed.Count;

    /// <summary>The longest time that a killed one's holds were open.</summary>
    public TimeSpan Longest { get; private set; }

    public void Add(string instance)
    {
        killed.Add(instance, DateTimeOffset.UtcNow);
        open.Add(instance);
    }

    public bool AreResolved => open.Count == 0;

    /// <summary>Looks whose holds are still open.</summary>
    public void Look()
    {
        if (AreResolved)
        {
            return;
        }
        using var db = reads.Open();
        var holders = db.Holds.Select(hold => hold.Instance).Distinct().ToHashSet();
        foreach (var instance in open)
        {
            var since = DateTimeOffset.UtcNow - killed[instance];
            Longest = since > Longest ? since : Longest;
            Assert.True(since < stuck, $"stuck: {since.TotalSeconds:0} s after instance {instance} was killed its holds are still open");
        }
        open.IntersectWith(holders);
    }

    /// <summary>Nobody was declared dead who lived.</summary>
    /// <param name="ended">The one that ended by itself.</param>
    public void OnlyTheseWereDeclaredDead(string ended)
    {
        using var db = reads.Open();
        foreach (var instance in db.Instances.Where(instance => instance.EndedMilliseconds != null && instance.Id != ended))
        {
            Assert.True(killed.TryGetValue(instance.Id, out var at) && instance.EndedMilliseconds >= at.ToUnixTimeMilliseconds(), $"instance {instance.Id} was declared dead while it lived");
        }
    }
}
