using Governance.Members.SignIn;

namespace Governance.Operations.Start;

/// <summary>What the console says once the process listens.</summary>
static class FirstSteps
{
    /// <summary>True or false says whether secrets that exist nowhere else are printed; without it they are where the output is a terminal.</summary>
    public const string ShowSetting = "Governance:ShowFirstKey";

    /// <summary>What goes into a file, a log or somebody's journal is read by others, for years.</summary>
    public static bool MayShowSecrets(IConfiguration configuration) => bool.TryParse(configuration[ShowSetting], out var said) ? said : !Console.IsOutputRedirected;

    /// <param name="url">Where the product is reached.</param>
    /// <param name="welcome">The link that makes the first owner; null where there is one.</param>
    /// <param name="lasts">How long that link works, as a sentence.</param>
    /// <param name="key">The first key, shown only now; null where it was not to be shown, and so was not made.</param>
    /// <param name="destination">Which upstream answers calls of that key, and who bills them.</param>
    /// <param name="folder">Where what is recorded is kept.</param>
    public static void Print(string url, string? welcome, string lasts, string? key, string destination, string folder) => Console.WriteLine($$"""

        Governance is running at {{url}}
        1. Open {{welcome ?? url}}
           {{(welcome is null ? "and sign in." : $"and create the owner. {lasts}")}}
        2. {{(key is null ? $"Make a key on {url}/dashboard/keys, and with it a first call:" : "Make a first call:")}}

           curl {{url}}/v1/messages \
             -H "x-api-key: {{key ?? "<your key>"}}" \
             -H "content-type: application/json" \
             -d '{"model":"claude-sonnet-5","max_tokens":1024,"messages":[{"role":"user","content":"Hello"}]}'

        {{destination}}
        {{(key is null
            ? $"No key is printed here, because this output is not a terminal; {ShowSetting}=true prints one at the first start."
            : $"This key is shown only now. It belongs to the project '{Beginning.Project}'; make more on {url}/dashboard/keys.")}}
        What is recorded is kept in {{folder}}.

        """);

    /// <param name="welcome">The link that makes the first owner.</param>
    /// <param name="lasts">How long it works, as a sentence.</param>
    public static void Print(string welcome, string lasts) => Console.WriteLine($"""

        Nobody owns this workspace yet. Open {welcome}
        and create the owner. {lasts}

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
