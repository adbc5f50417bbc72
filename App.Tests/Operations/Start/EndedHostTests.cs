using System.Runtime.CompilerServices;
using Governance.Journal;
using Governance.Tests.Members;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Operations.Start;

/// <summary>A host that has ended is let go of: nothing static, no timer and no signal keeps it. Tests start hundreds in one process.</summary>
public sealed class EndedHostTests
{
    [Fact]
    public async Task NothingKeepsAHostThatHasEnded()
    {
        // The first one stays with what .NET keeps of whatever came last.
        var ended = new List<WeakReference>();
        for (var host = 0; host < 3; host++)
        {
            ended.Add(await RunAsync());
        }
        await Eventually.IsTrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return ended.Count(journal => journal.IsAlive) <= 1;
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task<WeakReference> RunAsync()
    {
        await using var host = new PeopleHost();
        using var owner = await host.OwnerAsync();
        return new WeakReference(host.Services.GetRequiredService<JournalWriter>());
    }
}
