using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;

namespace Governance.Bench.SignIn;

/// <summary>The first owner of the product, at 127.0.0.3 and the addresses after it: comes by the link that the product prints, and later signs in again and again, each time as in a browser that nobody knows.</summary>
sealed class Owner(Uri product)
{
    public const string Email = "owner@bench.test";
    const string SignInPath = "/sign-in";
    const string DashboardPath = "/dashboard";

    readonly string password = "bench " + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Fills in the form behind the printed link, then looks at the dashboard.</summary>
    public async Task BeginAsync(string welcome, CancellationToken cancellation)
    {
        using var browser = new Visitor(product, Address(0), 1);
        var token = await browser.OpenFormAsync(welcome, cancellation);
        var made = await browser.SendFormAsync(welcome, "welcome", token, [new("workspace", "Bench"), new("email", Email), new("password", password)], cancellation);
        if (!made.Body.Contains("You are in", StringComparison.Ordinal))
        {
            throw new BenchException($"The form of the first owner was answered {made.Status}: {made.Start}");
        }
        var dashboard = await browser.GetAsync(DashboardPath, cancellation);
        if (dashboard.Status != 200)
        {
            throw new BenchException($"The first owner's dashboard was answered {dashboard.Status}: {dashboard.Start}");
        }
    }

    /// <summary>From the form's page to the dashboard, which answers 200 to nobody but members.</summary>
    /// <param name="place">From which of the owner's addresses: strangers may sign in ten times at once from one.</param>
    public async Task<SignInMade> SignInAsync(int place, CancellationToken cancellation)
    {
        using var browser = new Visitor(product, Address(place), 1);
        var began = Stopwatch.GetTimestamp();
        string? failure;
        try
        {
            failure = await EnterAsync(browser, cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or BenchException || (fault is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            failure = fault.Message;
        }
        return new SignInMade(Stopwatch.GetElapsedTime(began), failure);
    }

    static IPAddress Address(int place) => new([127, 0, 0, (byte)(3 + place)]);

    /// <returns>Why the owner did not come in; null where they did.</returns>
    async Task<string?> EnterAsync(Visitor browser, CancellationToken cancellation)
    {
        var token = await browser.OpenFormAsync(SignInPath, cancellation);
        var entered = await browser.SendFormAsync(SignInPath, "sign-in", token, [new("email", Email), new("password", password)], cancellation);
        if (entered.Status is < 300 or >= 400)
        {
            return $"the form was answered {entered.Status}: {entered.Start}";
        }
        var dashboard = await browser.GetAsync(DashboardPath, cancellation);
        return dashboard.Status == 200 ? null : $"the dashboard was answered {dashboard.Status} ({dashboard.Location ?? dashboard.Start})";
    }
}

/// <summary>One sign-in of the owner.</summary>
/// <param name="Failure">Why it came to nothing; null where the owner is in.</param>
sealed record SignInMade(TimeSpan Took, string? Failure);
