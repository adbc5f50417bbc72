using System.CommandLine;
using Governance.Audit;
using Governance.Gateway.Upstreams;
using Governance.Journal;
using Governance.Operations.Start;
using Governance.Projects.KeyRing;
using Microsoft.AspNetCore.DataProtection;

namespace Governance.Operations.Commands;

/// <summary><c>App new-key-ring</c>: begins another key ring where the old one cannot be opened any more, or was read by somebody, and says what that costs.</summary>
static class NewKeyRingCommand
{
    public const string Action = "key_ring.renewed";

    const string Costs = """
        The ring protects sessions and the provider keys that were entered in the browser:
          - everybody signs in again, and every browser counts as a new one where sign-in is limited;
          - where the old ring can still be opened, stored provider keys are encrypted anew and stay;
            where it cannot, they are lost: enter them again under Settings, Upstreams. Until then calls to those upstreams are refused.
        With PostgreSQL stop every instance before it and start them after it: one that runs goes on with the old ring, and its calls through stored keys fail.
        Passwords, calling keys, the ledger and the trail do not depend on it. The old ring is put aside, not deleted.
        """;

    public static ExampleCommand Build(CommandContext context)
    {
        var yes = new Option<bool>("--yes") { Description = "Do it; without this it only says what it costs here.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("new-key-ring",
            "Begin a new key ring where the old one, or what opens it, is lost or known to others. The trail tells of it. The process that serves must be stopped; with PostgreSQL stop every instance before it and start them after it.",
            "App new-key-ring", "App new-key-ring --yes") { yes };
        command.Further = Costs;
        command.SetAction((parse, _) =>
        {
            if (parse.GetValue(yes))
            {
                return Task.FromResult(context.RunInRooms(RunAsync));
            }
            Console.WriteLine(Costs);
            return Task.FromResult(context.RunInRooms(PreviewAsync));
        });
        return command;
    }

    /// <summary>What it would cost here. Nothing is changed.</summary>
    static async Task<int> PreviewAsync(IServiceProvider services)
    {
        var renewal = services.GetRequiredService<KeyRingRenewal>();
        try
        {
            var opens = renewal.Opens();
            IReadOnlyDictionary<string, string?> kept;
            await using (var db = services.GetRequiredService<Reads>().Open())
            {
                kept = services.GetRequiredService<UpstreamSecrets>().ReadKept(db, opens);
            }
            Console.WriteLine(opens ? $"The ring in {renewal.Place} can be opened." : $"The ring in {renewal.Place} is gone, or cannot be opened with what is named now.");
            Console.WriteLine($"Stored provider keys that would stay: {Listed(kept.Where(one => one.Value is not null))}.");
            Console.WriteLine($"Stored provider keys that would be lost: {Listed(kept.Where(one => one.Value is null))}.");
        }
        catch (Exception exception) when (StartUp.IsFault(exception) || exception is System.Security.Cryptography.CryptographicException or System.Xml.XmlException)
        {
            await Console.Error.WriteLineAsync($"It cannot be said which stored keys would be lost: {StartUp.Sentence(exception)}");
        }
        Console.WriteLine("Nothing was changed. Say App new-key-ring --yes to do it.");
        return CommandLine.Refused;
    }

    static string Listed(IEnumerable<KeyValuePair<string, string?>> upstreams) => string.Join(", ", upstreams.Select(one => one.Key)) is { Length: > 0 } ids ? ids : "none";

    static async Task<int> RunAsync(IServiceProvider services)
    {
        var renewal = services.GetRequiredService<KeyRingRenewal>();
        string? aside = null;
        try
        {
            IReadOnlyDictionary<string, string?> kept;
            await using (var db = services.GetRequiredService<Reads>().Open())
            {
                kept = services.GetRequiredService<UpstreamSecrets>().ReadKept(db, renewal.Opens());
            }
            aside = renewal.PutAside();
            await using var ring = renewal.Begin();
            var secrets = ActivatorUtilities.CreateInstance<UpstreamSecrets>(services, ring.GetRequiredService<IDataProtectionProvider>());
            var (encrypted, lost) = (kept.Where(one => one.Value is not null).Select(one => one.Key).ToList(), kept.Where(one => one.Value is null).Select(one => one.Key).ToList());
            await services.GetRequiredService<JournalWriter>().ChangeAsync(change =>
            {
                UpstreamEdits.ProtectAnewInChange(change, kept, secrets);
                change.Append(Event(encrypted, lost, aside));
                return true;
            });
            Print(renewal, encrypted, lost, aside);
            return 0;
        }
        catch (Exception exception) when (StartUp.IsFault(exception) || exception is System.Security.Cryptography.CryptographicException or System.Xml.XmlException)
        {
            await Console.Error.WriteLineAsync($"The key ring in {renewal.Place} could not be renewed: {StartUp.Sentence(exception)}{(aside is null ? "" : $" The old ring is in {aside}: put it back in the place of what is there now before you try again.")}");
            return StartUp.Failed;
        }
    }

    static void Print(KeyRingRenewal renewal, List<string> encrypted, List<string> lost, string? aside)
    {
        Console.WriteLine($"A new key ring is in {renewal.Place}, {renewal.Encryption}.");
        Console.WriteLine(aside is null ? "There was no old one." : $"The old one is kept in {aside}.");
        Console.WriteLine("Everybody signs in again. Start Governance now; with PostgreSQL every instance. One that was not stopped before goes on with the old ring until it is started again.");
        if (encrypted.Count > 0)
        {
            Console.WriteLine($"Stored provider keys that were encrypted anew: {string.Join(", ", encrypted)}.");
        }
        if (lost.Count > 0)
        {
            Console.WriteLine($"Stored provider keys that are lost: {string.Join(", ", lost)}. Enter them again under Settings, Upstreams; until then calls to these are refused.");
        }
    }

    static AuditEvent Event(List<string> encrypted, List<string> lost, string? aside) => new()
    {
        Chain = AuditEvent.SystemChain,
        Category = AuditCategory.System,
        Action = Action,
        Actor = new Actor(ActorKind.System, "command-line"),
        TargetKind = "key_ring",
        TargetId = "key-ring",
        Sentence = $"A new key ring was begun by a command of {CommandUser.Name}: every session ended{(lost.Count == 0 ? "" : $", and the stored keys of {string.Join(", ", lost)} can no longer be read")}.",
        Details = AuditJson.Element(new { user = CommandUser.Name, kept = aside, upstreams_encrypted_anew = encrypted, upstreams_lost = lost }),
    };
}
