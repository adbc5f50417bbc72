using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>What is committed, cloned into an empty folder and started with the README's first command, as a stranger does it: no environment variable says anything, but that the output counts as a terminal.</summary>
public sealed partial class ClonedProduct : IAsyncDisposable
{
    const int ReadmePort = 5000;

    /// <summary>What stands around a test run and would reach the build or the product.</summary>
    static readonly string[] s_foreign = ["MSBUILD", "VSTEST", "GOVERNANCE", "COVERLET"];

    readonly DirectoryInfo _folder;
    readonly Process _process;
    readonly StringBuilder _output = new();

    ClonedProduct(DirectoryInfo folder, Process process)
    {
        (_folder, _process) = (folder, process);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>The folder of the clone.</summary>
    public string Folder => Path.Combine(_folder.FullName, "governance");

    /// <summary>The address that it printed.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What follows the address in the link that it printed for the first owner.</summary>
    public string Welcome { get; private set; } = "";

    /// <summary>The call that it printed, to be pasted into a shell.</summary>
    public PrintedCall Call { get; private set; } = null!;

    /// <summary>Everything that it has printed so far.</summary>
    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    public static async Task<ClonedProduct> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("governance-clone-");
        var product = new ClonedProduct(folder, new Process());
        try
        {
            await CloneAsync(product.Folder);
            product._process.StartInfo = Describe(product.Folder);
            product._process.Start();
            product._process.BeginOutputReadLine();
            product._process.BeginErrorReadLine();
            await product.ReadyAsync();
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The command and the product that it started, nothing else.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    static async Task CloneAsync(string folder)
    {
        using var clone = Process.Start(new ProcessStartInfo("git", ["clone", "--quiet", "--no-hardlinks", AppProcess.RepositoryFolder, folder]) { RedirectStandardError = true })!;
        var error = await clone.StandardError.ReadToEndAsync();
        await clone.WaitForExitAsync();
        Assert.True(clone.ExitCode == 0, $"{AppProcess.RepositoryFolder} could not be cloned: {error}");
    }

    static ProcessStartInfo Describe(string folder)
    {
        // The README's own words, but where somebody else listens at that port already.
        string[] command = IsFree(ReadmePort) ? ["run", "--project", "App"] : ["run", "--project", "App", "--", "--urls", $"http://localhost:{Ports.Free()}"];
        var start = new ProcessStartInfo("dotnet", command) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => AppProcess.IsOurs(name) || s_foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }
        // Build servers would outlive the test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // At the stranger's terminal the key is printed by itself; here the output is read by a test.
        start.Environment["Governance__ShowFirstKey"] = "true";
        return start;
    }

    static bool IsFree(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                // This machine has no such address.
            }
            catch (SocketException)
            {
                return false;
            }
        }
        return true;
    }

    async Task ReadyAsync()
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            if (PrintedText().Match(Output) is { Success: true } text)
            {
                Url = new Uri(text.Groups["url"].Value);
                Welcome = new Uri(text.Groups["welcome"].Value).PathAndQuery;
                Call = new PrintedCall(new Uri(text.Groups["address"].Value), text.Groups["key"].Value, text.Groups["body"].Value);
                return;
            }
            Assert.False(_process.HasExited, $"The README's first command ended:\n{Output}");
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(8), $"The README's first command printed no address and no call:\n{Output}");
        }
    }

    void Keep(string? line)
    {
        lock (_output) { _output.AppendLine(line); }
    }

    [GeneratedRegex("""Governance is running at (?<url>\S+).*Open (?<welcome>\S+/welcome\?token=\S+).*curl (?<address>\S+) .*x-api-key: (?<key>[^"]+)".*-d '(?<body>[^']+)'.*recorded is kept""", RegexOptions.Singleline)]
    private static partial Regex PrintedText();

    /// <summary>The printed <c>curl</c>.</summary>
    public sealed record PrintedCall(Uri Address, string Key, string Body)
    {
        /// <summary>Sends it; answers its status.</summary>
        public async Task<int> SendAsync()
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new StringContent(Body, Encoding.UTF8, "application/json") };
            request.Headers.Add("x-api-key", Key);
            using var answer = await client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }
}
