using Governance.Projects;

namespace Governance.Configuration;

/// <summary>What the console says once the process listens.</summary>
static class FirstSteps
{
    public static void Print(string url, string key) => Console.WriteLine($$"""

        Governance is running at {{url}}
        1. Open {{url}} and create the owner.
        2. Make a first call; the sandbox provider answers, no provider key is needed:

           curl {{url}}/v1/messages \
             -H "x-api-key: {{key}}" \
             -H "content-type: application/json" \
             -d '{"model":"claude-sonnet-5","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'

        This key is shown only now. It belongs to the project 'playground'; make more on {{url}}/dashboard/keys.

        """);

    public static void Print(string url, IReadOnlyList<SignInLink> links)
    {
        Console.WriteLine();
        foreach (var link in links)
        {
            Console.WriteLine($"{link.Email} has no password yet. This link sets one, once, until {link.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {url}{link.Path}");
        }
        Console.WriteLine();
    }

    /// <summary>An address that a browser can open: one that stands for every address of the machine is called localhost.</summary>
    public static string Reachable(string url) =>
        url.Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal).TrimEnd('/');
}
