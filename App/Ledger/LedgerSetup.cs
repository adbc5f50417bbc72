using Governance.Budgets.Balances;
using Governance.Journal;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Ledger.Fences;
using Governance.Ledger.Holds;
using Governance.Ledger.Requests;
using Governance.Projects;
using Governance.Shell;
using Governance.Shell.Controls;

namespace Governance.Ledger;

/// <summary>Puts the ledger into the host.</summary>
static class LedgerSetup
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddOptions<OpenWindowSettings>().BindConfiguration("Governance:FailOpen");
        services.AddOptions<Frame>().Configure<OpenWindow>((frame, window) => frame.Banners.Add(() => window.Waiting is var calls and > 0
            ? new Banner(StatusKind.Warned, $"{calls} calls were let through without the ledger, on their projects' allowances. They are written into it as soon as it works again.")
            : null));
        services.AddOptions<Frame>().Configure<OpenWindow>((frame, window) => frame.Banners.Add(() => window.Unread.FirstOrDefault() is { } path
            ? new Banner(StatusKind.Denied, $"{path} cannot be read. It may hold calls that an earlier process let through without the ledger: until it can be read they do not count, and caps may be overspent by them. Make it readable for the user of this process.")
            : null));
        services.AddOptions<Frame>().Configure<FenceShelf>((frame, fences) => frame.Banners.Add(() => fences.Current is { } fence
            ? new Banner(StatusKind.Denied, $"No calls are taken: {fence.Reason} An owner or admin says under Settings, Integrity {(ClockGap.IsReason(fence.Reason) ? "that the clock is right" : "what was spent since")}; they are taken again then.")
            : null));
        return services
            .AddSingleton<SpendSource, LedgerSpend>()
            .AddSingleton<KeyUseSource, LedgerKeyUse>()
            .AddSingleton<UsageTable>()
            .AddSingleton<CorrectionTable>()
            .AddSingleton<SteadyClock>()
            .AddSingleton<UsageQueries>()
            .AddSingleton<SpendTally>()
            .AddSingleton<LedgerInstance>()
            .AddJournalListener<CallLog>()
            .AddJournalListener<UsageCounts>()
            .AddJournalListener<LedgerSeal>()
            .AddSingleton<LedgerMarkFile>()
            .AddJournalListener<FenceShelf>()
            .AddSingleton<LedgerMarkKeeper>()
            .AddHostedService(provider => provider.GetRequiredService<LedgerMarkKeeper>())
            .AddSingleton<HoldQueries>()
            .AddSingleton<HoldQueue>()
            .AddSingleton<SpendLedger>()
            .AddJournalListener<HoldRecovery>()
            .AddJournalListener<OpenWindow>()
            .AddHostedService<OpenWindowLoop>()
            .AddSingleton<InstanceRecovery>()
            .AddSingleton<HoldExpiry>()
            .AddSingleton<IdleSessions>()
            .AddHostedService<HoldExpiryLoop>()
            .AddHostedService<InstanceRecoveryLoop>();
    }
}
