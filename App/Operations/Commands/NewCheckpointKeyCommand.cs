using Governance.Audit;
using Governance.Audit.Checkpoints;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary><c>App new-checkpoint-key</c>: signs checkpoints of the trail with another key from now on.</summary>
static class NewCheckpointKeyCommand
{
    public static ExampleCommand Build(CommandContext context)
    {
        var command = new ExampleCommand("new-checkpoint-key",
            "Sign checkpoints of the trail with another key from now on, where the old one is lost, damaged or known to others. What was signed stays provable with the old public key, which is kept. "
            + "The trail and the verifiers tell of it. On SQLite the process that serves must be stopped; with PostgreSQL start the instances that use the key file again behind it.",
            "App new-checkpoint-key");
        command.SetAction(_ => context.RunInRooms(RunAsync));
        return command;
    }

    static async Task<int> RunAsync(IServiceProvider services)
    {
        var settings = services.GetRequiredService<CheckpointSettings>();
        try
        {
            var result = await services.GetRequiredService<CheckpointKeyChange>().RunAsync(new Actor(ActorKind.System, "command-line"), CommandUser.Name);
            Console.WriteLine($"Checkpoints are signed with key {result.Key} from now on; its private half is in {settings.KeyFile}.");
            if (result.Earlier is { } earlier)
            {
                Console.WriteLine(result.IsEarlierKnown
                    ? $"The ones before were signed with {earlier}, whose public half is kept as {Path.Combine(settings.Folder, earlier + ".pem")}. Give verifiers both: App audit public-key prints the new one."
                    : $"The ones before were signed with {earlier}, whose public half is nowhere here. Whoever was given it keeps it: without it they cannot be proven.");
            }
            if (result.Aside is { } aside)
            {
                Console.WriteLine($"The old private key is in {aside}. Nothing needs it any more; delete it.");
            }
            if (result.Problem is { } problem)
            {
                await Console.Error.WriteLineAsync($"Nothing was signed with the new key yet: {problem}");
            }
            return result.Problem is null ? 0 : CommandLine.Refused;
        }
        catch (Exception exception) when (StartUp.IsFault(exception))
        {
            await Console.Error.WriteLineAsync($"The checkpoint key was not changed: {StartUp.Sentence(exception)}");
            return StartUp.Failed;
        }
    }
}
