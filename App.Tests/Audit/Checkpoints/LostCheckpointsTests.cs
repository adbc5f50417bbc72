using System.Text.Json;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Journal;
using Governance.Tests.Members;
using Directory = System.IO.Directory;

namespace Governance.Tests.Audit.Checkpoints;

/// <summary>Checkpoints and their key lie outside the database: a start that finds them gone says so.</summary>
public sealed class LostCheckpointsTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-lost-checkpoints-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("", null)]
    [InlineData("checkpoints", "No checkpoint lies in ")]
    [InlineData("keys", "The key that signed checkpoints is not in ")]
    [InlineData("checkpoints keys", "Neither checkpoints nor the key that signed them lie in ")]
    public async Task WhatIsGoneIsAWarningOfTheStart(string gone, string? says)
    {
        await using (var host = Host())
        {
            using var visitor = host.Browser();
            await Eventually.IsTrueAsync(() => Directory.Exists(In("checkpoints")) && Directory.GetFiles(In("checkpoints"), "*.checkpoints").Length > 0, "the first checkpoint");
            Assert.DoesNotContain(await WarningsAsync(visitor), IsAboutCheckpoints);
        }
        // The host gives the file back a moment after it has ended.
        await Eventually.IsTrueAsync(() => !Database.IsHeld(new JournalSettings($"Data Source={In("governance.db")}")));
        foreach (var folder in gone.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Directory.Delete(In(folder), recursive: true);
        }
        await using var next = Host();
        using var again = next.Browser();
        await Eventually.IsTrueAsync(() => File.Exists(In("keys/audit-checkpoint.pem")) && Directory.Exists(In("checkpoints")) && Directory.GetFiles(In("checkpoints"), "*.checkpoints").Length > 0, "a checkpoint of the second start");
        if (says is null)
        {
            Assert.DoesNotContain(await WarningsAsync(again), IsAboutCheckpoints);
            return;
        }
        await Eventually.IsTrueAsync(async () => (await WarningsAsync(again)).Any(warning => warning.StartsWith(says, StringComparison.Ordinal)), says);
    }

    [Fact]
    public async Task AKeyThatCannotBeMadeIsAWarningThatNamesItsSetting()
    {
        await using var host = Host().With("Governance:Audit:Checkpoints:KeyFile", "/dev/null/keys/key.pem");
        using var visitor = host.Browser();
        await Eventually.IsTrueAsync(async () => (await WarningsAsync(visitor)).Any(warning => warning.Contains("Governance:Audit:Checkpoints:Folder, KeyFile", StringComparison.Ordinal)), "the warning");
    }

    PeopleHost Host() => new PeopleHost($"Data Source={In("governance.db")}").With("Governance:Journal:Folder", _folder.FullName);

    string In(string name) => Path.Combine(_folder.FullName, name);

    static bool IsAboutCheckpoints(string warning) => warning.Contains("heckpoint", StringComparison.Ordinal);

    static async Task<IReadOnlyList<string>> WarningsAsync(HttpClient visitor)
    {
        using var answer = JsonDocument.Parse(await visitor.GetStringAsync(new Uri("/health/ready", UriKind.Relative)));
        return [.. answer.RootElement.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
    }
}
