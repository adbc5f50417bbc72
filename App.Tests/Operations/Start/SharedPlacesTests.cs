using Governance.Audit.Checkpoints;
using Governance.Journal;
using Governance.Journal.Postgres;
using Governance.Ledger.FailOpen;
using Governance.Operations.Start;
using Governance.Tests.Ledger;
using Governance.Tests.Members;
using Governance.Tests.Proofs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Governance.Tests.Operations.Start;

/// <summary>Instances of one database that would use different folders, or sign with different keys, are noticed when the second one starts.</summary>
public sealed class SharedPlacesTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-places-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait(Effort.Trait, Effort.Lengthy)]
    public async Task ASecondInstanceWithAnotherFolderDoesNotStartBesideTheFirst()
    {
        var database = PostgresServer.Shared.NewDatabase();
        await using (var first = Host(database, "one"))
        {
            using var browser = first.Browser();
            var run = await StartRun.RunAsync(new Dictionary<string, string>
            {
                ["ConnectionStrings__Governance"] = database,
                ["Governance__Journal__Folder"] = Path.Combine(_folder.FullName, "two"),
            }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
            Assert.Equal(2, run.Code);
            var said = run.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal([SharedPlaces.JournalSetting, SharedPlaces.CheckpointSetting, SharedPlaces.KeySetting, SharedPlaces.WindowSetting], said.Select(line => line[..line.IndexOf(": ", StringComparison.Ordinal)]));
            Assert.Contains($"{Path.Combine(_folder.FullName, "two")} is not what the other running instances of this database use ({Path.Combine(_folder.FullName, "one")} on {Environment.MachineName}).", said[0], StringComparison.Ordinal);

            await using var second = Host(database, "one");
            using var another = second.Browser();
            Assert.Equal("200", await PeopleHost.LeadsToAsync(another, "/health/ready"));
        }
        // Nobody runs any more: the folder was moved, and that is told.
        var told = Told(database);
        await using var moved = Host(database, "two");
        using var visitor = moved.Browser();
        Assert.Equal("200", await PeopleHost.LeadsToAsync(visitor, "/health/ready"));
        Assert.Equal(told + 1, Told(database));
    }

    [Fact]
    public async Task ASharedFolderThatCannotBeWrittenEndsTheStartWithOneSentence()
    {
        var run = await StartRun.RunAsync(new Dictionary<string, string>
        {
            ["ConnectionStrings__Governance"] = PostgresServer.Shared.NewDatabase(),
            ["Governance__Journal__Folder"] = "/dev/null/shared",
        }, "--urls", $"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"{SharedPlaces.JournalSetting}: /dev/null/shared cannot be written (", Assert.Single(run.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachPlaceThatCannotBeWrittenIsNamedAndAKeyThatIsThereNeedsNotBe()
    {
        await using var rig = new LedgerRig(connection: PostgresServer.Shared.NewDatabase());
        var checkpoints = new CheckpointSettings(null, rig.Folder) { Folder = "/dev/null/checkpoints", KeyFile = "/dev/null/keys/key.pem" };
        var faults = await Places(rig, checkpoints).FindFaultsAsync();
        Assert.Equal([SharedPlaces.CheckpointSetting, SharedPlaces.KeySetting], faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));

        // What another instance has left is read; whether this one can write is another question.
        var taken = Path.Combine(_folder.FullName, "taken");
        Directory.CreateDirectory(taken);
        await File.WriteAllTextAsync(Path.Combine(taken, SharedPlaces.MarkFile), new string('a', 32));
        checkpoints.Folder = Path.Combine(taken, SharedPlaces.MarkFile, "within");
        checkpoints.KeyFile = Path.Combine(taken, "key.pem");
        Assert.StartsWith(SharedPlaces.CheckpointSetting, Assert.Single(await Places(rig, checkpoints).FindFaultsAsync()), StringComparison.Ordinal);
        checkpoints.Folder = taken;
        Assert.Empty(await Places(rig, checkpoints).FindFaultsAsync());
    }

    [Fact]
    public async Task AnInstanceThatGivesNoSignForAWholeLeaseIsNotWaitedFor()
    {
        var database = PostgresServer.Shared.NewDatabase();
        await using var dead = new LedgerRig(connection: database);
        Assert.Empty(await Places(dead).FindFaultsAsync());
        await using var next = new LedgerRig(connection: database);
        var looking = Places(next).FindFaultsAsync();
        while (!looking.IsCompleted)
        {
            next.Clock.Now += Instances.Lease / Instances.SignsPerLease;
            await Task.Delay(20);
        }
        Assert.Empty(await looking);
        Assert.Equal(2L, Told(database));
    }

    [Fact]
    public async Task CopiesOfOneKeyInDifferentFoldersAreOneKey()
    {
        var database = PostgresServer.Shared.NewDatabase();
        await using var first = new LedgerRig(connection: database);
        await using var second = new LedgerRig(folder: first.Folder, connection: database);
        var key = Path.Combine(_folder.FullName, "one", "key.pem");
        CheckpointKey.Create(key).Dispose();
        var copy = Path.Combine(_folder.FullName, "two", "key.pem");
        OwnerOnly.CreateFolder(Path.GetDirectoryName(copy)!);
        File.Copy(key, copy);
        Assert.Empty(await Places(first, key).FindFaultsAsync());
        Assert.Empty(await Places(second, copy).FindFaultsAsync());

        var other = Path.Combine(_folder.FullName, "three", "key.pem");
        CheckpointKey.Create(other).Dispose();
        var looking = Places(second, other).FindFaultsAsync();
        while (!looking.IsCompleted)
        {
            // A sign of life of the first.
            first.Clock.Now += TimeSpan.FromSeconds(1);
            Assert.NotNull(await first.Get<Leases>().TakeAsync($"sign-{first.Clock.Now.UtcTicks}"));
            await Task.Delay(20);
        }
        Assert.StartsWith($"{SharedPlaces.KeySetting}: {other} is not what", Assert.Single(await looking), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileIsServedByOneProcessAndHasNothingToCompare()
    {
        await using var rig = new LedgerRig();
        Assert.Empty(await Places(rig).FindFaultsAsync());
        Assert.False(File.Exists(Path.Combine(rig.Folder, SharedPlaces.MarkFile)));
    }

    [Theory]
    [InlineData("a", null, "a", null, false)]
    [InlineData("a", null, "b", null, true)]
    [InlineData("a", "1", "b", "1", false)]
    [InlineData("a", "1", "b", "2", true)]
    [InlineData("a", "1", "a", "2", false)]
    [InlineData("a", null, "b", "1", true)]
    [InlineData(null, "1", "a", "2", true)]
    [InlineData(null, "1", "a", "1", false)]
    [InlineData(null, null, "a", "1", false)]
    [InlineData(null, null, null, null, false)]
    public void OnlyWhatWasSeenContradicts(string? mark, string? key, string? otherMark, string? otherKey, bool contradicts)
    {
        var (mine, theirs) = (new SharedPlace("S", "/mine", "here", mark, key), new SharedPlace("S", "/theirs", "there", otherMark, otherKey));
        Assert.Equal((contradicts, contradicts), (mine.Contradicts(theirs), theirs.Contradicts(mine)));
        Assert.False(mine.Contradicts(theirs with { Setting = "T" }));
    }

    PeopleHost Host(string database, string folder) => new PeopleHost(database).With(SharedPlaces.JournalSetting, Path.Combine(_folder.FullName, folder));

    static SharedPlaces Places(LedgerRig rig, string? key = null)
    {
        var checkpoints = new CheckpointSettings(null, rig.Folder);
        checkpoints.KeyFile = key ?? checkpoints.KeyFile;
        return Places(rig, checkpoints);
    }

    static SharedPlaces Places(LedgerRig rig, CheckpointSettings checkpoints) =>
        new(rig.Settings, checkpoints, Options.Create(new OpenWindowSettings()), rig.Get<JournalWriter>(), rig.Clock, NullLogger<SharedPlaces>.Instance);

    static long Told(string database) => (long)PostgresServer.Ask(database, $"SELECT count(*) FROM audit WHERE action = '{SharedPlacesWork.Action}'");
}
