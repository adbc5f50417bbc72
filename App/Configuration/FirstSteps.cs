using Governance.Projects;

namespace Governance.Configuration;

/// <summary>What the console says once the process listens.</summary>
static class FirstSteps
{
    /// <param name="url">Where the product is reached.</param>
    /// <param name="key">The first key, shown only now.</param>
    /// <param name="destination">Which upstream answers calls of that key, and who bills them.</param>
    /// <param name="folder">Where what is recorded is kept.</param>
    public static void Print(string url, string key, string destination, string folder) => Console.WriteLine($$"""

        Governance is running at {{url}}
        1. Open {{url}} and create the owner.
        2. Make a first call:

           curl {{url}}/v1/messages \
             -H "x-api-key: {{key}}" \
             -H "content-type: application/json" \
             -d '{"model":"claude-sonnet-5","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'

        {{destination}}
        This key is shown only now. It belongs to the project '{{Beginning.Project}}'; make more on {{url}}/dashboard/keys.
        What is recorded is kept in {{folder}}.

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
