using System.CommandLine;
using Governance.Alerts;
using Governance.Audit;
using Governance.Documents.Text;
using Governance.Members;
using Governance.Members.SignIn;
using Governance.Operations.Start;

namespace Governance.Operations.Commands;

/// <summary><c>App reset-password</c>: lets in again whoever forgot the password, or is locked out, by a link for the person at the console.</summary>
static class ResetPasswordCommand
{
    public static ExampleCommand Build(CommandContext context)
    {
        var email = new Argument<string>("email") { Description = "Whose password it is." };
        var print = new Option<bool>("--print-link") { Description = "Print the link although this output is not a terminal, and is perhaps kept.", Arity = ArgumentArity.Zero };
        var command = new ExampleCommand("reset-password",
            "Take a member's password away and print a one-time link that sets another, also where sign-in is locked after too many attempts. Open sessions end. The trail tells of it. On SQLite the process that serves must be stopped.",
            "App reset-password maria@acme.test") { email, print };
        command.SetAction((parse, _) => parse.GetValue(print) || FirstSteps.MayShowSecrets(context.Configuration)
            ? Task.FromResult(context.RunInRooms(services => RunAsync(parse.GetRequiredValue(email), services)))
            : FailAsync("Nothing was changed: the link would stand in a file or a log, because this output is not a terminal. Say --print-link to print it all the same."));
        return command;
    }

    static async Task<int> RunAsync(string email, IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var link = await scope.ServiceProvider.GetRequiredService<SignInLinks>().ResetAsync(email, new Actor(ActorKind.System, "command-line"), CommandUser.Name);
        if (link is null)
        {
            var owners = await services.GetRequiredService<MemberQueries>().OwnersAsync();
            return await FailAsync($"There is no member {DocumentPath.Shown(email)}, so nothing was changed. {(owners.Count == 0 ? "Nobody owns this workspace: the next start prints the link that makes the first owner." : $"Owners: {string.Join(", ", owners)}.")}");
        }
        var configuration = services.GetRequiredService<IConfiguration>();
        var url = services.GetRequiredService<MailSettings>().PublicUrl is { Length: > 0 } told ? told.TrimEnd('/') : FirstSteps.Reachable(SettingsCheck.Addresses(configuration)[0]);
        Console.WriteLine($"""
            The password of {link.Email} is gone and every open session has ended. This link sets another, once, until {link.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC:
              {url}{link.Path}
            Start Governance again if it does not run, then open the link.
            """);
        return 0;
    }

    static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return CommandLine.Refused;
    }
}
