using System.Globalization;
using Governance.Alerts;
using Governance.Gateway;
using Governance.Journal;
using Governance.Ledger;
using Governance.Projects;
using Governance.Tests.Proofs.Kills;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Tests.Alerts;

/// <summary>
/// A process to be killed: the ledger, and from <c>mail</c> on the reader of the trail and the sender of mail, as the running host has them.
/// <c>App.Tests.dll warning-driver connection port</c>; ordered <c>budget calls</c> it makes so many calls at once, each of which crosses every threshold of that budget.
/// </summary>
static class WarningDriver
{
    public const string Command = "warning-driver";

    /// <summary>The order to read and send.</summary>
    public const string Mail = "mail";

    /// <summary>What a budget allows, and what each call costs.</summary>
    public static readonly Money Cap = Money.FromUsd(50);

    public static async Task RunAsync(string[] args)
    {
        var settings = new MailSettings
        {
            Host = "127.0.0.1", Port = int.Parse(args[1], CultureInfo.InvariantCulture), From = "governance@example.com", UseTls = false,
            Backoff = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)],
        };
        await using var rooms = await DriverRooms.OpenAsync(args[0], services => services
            .AddAlerts(new ConfigurationBuilder().Build()).AddSingleton(settings).AddSingleton<AlertReader>().AddSingleton<MailSender>());
        using var stop = new CancellationTokenSource();
        var (reader, sender) = (rooms.Get<AlertReader>(), rooms.Get<MailSender>());
        var ids = new CallIds(TimeProvider.System, rooms.Get<JournalWriter>());
        var ledger = rooms.Get<SpendLedger>();
        var works = new List<Task>();
        await DriverRooms.AllAsync(
        [
            rooms.RecoverAsync(stop.Token),
            DriverRooms.OrdersAsync(order => works.Add(order == Mail ? Task.WhenAll(reader.StartAsync(stop.Token), sender.StartAsync(stop.Token)) : CrossAsync(ledger, ids, order.Split(' '))), stop),
        ]);
        await Task.WhenAll(works);
        await reader.StopAsync(CancellationToken.None);
        await sender.StopAsync(CancellationToken.None);
    }

    static Task CrossAsync(SpendLedger ledger, CallIds ids, string[] order) => Task.WhenAll(Enumerable.Range(0, int.Parse(order[1], CultureInfo.InvariantCulture)).Select(async _ =>
    {
        var call = new LedgerCall
        {
            Id = ids.Next(),
            For = new Attribution { Project = order[0], Key = "key-1", Model = "claude-haiku-4-5", Vendor = "anthropic" },
            ModelAsked = "claude-haiku-4-5",
            Estimate = Cap,
        };
        try
        {
            await ledger.ReserveAsync(call, null, enforce: true, (_, reservation) => throw new InvalidOperationException($"{reservation.Refusal} of a budget that refuses nothing."));
        }
        catch (JournalUnavailableException)
        {
            // Where all the processes together stand still for too long one of them is taken for dead, and goes on as a new one. A client would try again.
            await CrossAsync(ledger, ids, [order[0], "1"]);
            return;
        }
        await DriverRooms.SettleAsync(ledger, call, new CallResult { Outcome = UsageOutcome.Posted, Cost = Cap, Status = 200, End = "driven" });
    }));
}
