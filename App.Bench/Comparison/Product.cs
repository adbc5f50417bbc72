using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Governance.Bench.Load;

namespace Governance.Bench.Comparison;

/// <summary>How to start the product.</summary>
/// <param name="Assembly">The <c>App.dll</c>; null for the one that was built beside the bench.</param>
/// <param name="DataFolder">Below it a folder is made for the run, and deleted after it.</param>
/// <param name="Document">The document that it is set up with.</param>
/// <param name="BodyBytes">The size of a first call's body, <paramref name="AnswerBytes"/> that of its answer's.</param>
sealed record ProductStart(string? Assembly, string DataFolder, string Document, int BodyBytes, int AnswerBytes);

/// <summary>The built product as its own process on an empty data folder, configured by a document, durable holds on as always.</summary>
sealed partial class Product : IDisposable
{
    const int KeptLines = 40;
    static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    readonly string folder;
    readonly ProcessStartInfo start;
    readonly Queue<string> output = new();
    readonly TaskCompletionSource<string> welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Process? process;

    Product(string folder, ProcessStartInfo start, Uri address, string key) => (this.folder, this.start, Address, Key) = (folder, start, address, key);

    public int Id => process!.Id;

    public Uri Address { get; }

    /// <summary>The virtual key that calls are made with.</summary>
    public string Key { get; }

    public static async Task<Product> StartAsync(ProductStart wanted)
    {
        var (assembly, root) = Find(wanted.Assembly);
        var folder = Directory.CreateDirectory(Path.Combine(wanted.DataFolder, "governance-bench-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        var document = Path.Combine(folder, "bootstrap.yaml");
        await File.WriteAllTextAsync(document, wanted.Document);
        var address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}");
        var key = "sk-gov-bench-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { assembly }, WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Urls"] = address.GetLeftPart(UriPartial.Authority);
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["ConnectionStrings__Governance"] = "Data Source=" + Path.Combine(folder, "governance.db");
        start.Environment["Governance__Bootstrap"] = document;
        start.Environment[ProductDocument.KeyEnv] = key;
        start.Environment[ProductDocument.UpstreamKeyEnv] = "stub-key";
        start.Environment[ProductDocument.OwnerPasswordEnv] = "Bench-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12)) + "-1a!";
        var product = new Product(folder, start, address, key);
        try
        {
            product.Start();
            await product.WaitUntilReadyAsync();
            await product.TryOneCallAsync(wanted.BodyBytes, wanted.AnswerBytes);
            return product;
        }
        catch
        {
            product.Dispose();
            throw;
        }
    }

    /// <summary>The path of the link that it prints for the first owner, where nobody owns it yet.</summary>
    public async Task<string> WelcomeAsync()
    {
        try
        {
            return await welcome.Task.WaitAsync(StartPatience);
        }
        catch (TimeoutException)
        {
            throw new BenchException($"The product printed no link for the first owner.\n{Said()}");
        }
    }

    /// <summary>Stops the product and lets it recompute its own books.</summary>
    /// <returns>Exit code of <c>App verify</c> and what it printed.</returns>
    public async Task<(int Code, string Said)> VerifyAsync()
    {
        Stop();
        start.ArgumentList.Add("verify");
        using var verify = Process.Start(start)!;
        var said = verify.StandardOutput.ReadToEndAsync();
        var wrong = verify.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await verify.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            verify.Kill();
            throw new BenchException("'App verify' did not end within five minutes.");
        }
        return (verify.ExitCode, (await said + await wrong).Trim());
    }

    public void Dispose()
    {
        Stop();
        Directory.Delete(folder, recursive: true);
    }

    static (string Assembly, string Root) Find(string? named)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Governance.sln")))
        {
            root = root.Parent;
        }
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var assembly = named is not null ? Path.GetFullPath(named) : root is null ? "" : Path.Combine(root.FullName, "App", "bin", configuration, "net10.0", "App.dll");
        return File.Exists(assembly)
            ? (assembly, root?.FullName ?? Path.GetDirectoryName(assembly)!)
            : throw new BenchException($"The product is not built ('{assembly}'): dotnet build -c Release, or name it with --product.");
    }

    void Start()
    {
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        var began = Stopwatch.GetTimestamp();
        var last = "nothing listened";
        while (Stopwatch.GetElapsedTime(began) < StartPatience)
        {
            if (process!.HasExited)
            {
                throw new BenchException($"The product ended with code {process.ExitCode} before it was ready.\n{Said()}");
            }
            try
            {
                using var answer = await client.GetAsync(new Uri(Address, "/health/ready"));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
                last = $"GET /health/ready answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
                if (answer.StatusCode == HttpStatusCode.NotFound)
                {
                    break;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                last = fault.Message;
            }
            await Task.Delay(100);
        }
        throw new BenchException($"The product did not become ready: {last}\n{Said()}");
    }

    async Task TryOneCallAsync(int bodyBytes, int answerBytes)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(15) };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, "/v1/messages")) { Content = new ByteArrayContent(RequestBytes.Body(stream: false, bodyBytes)) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("x-api-key", Key);
        request.Headers.Add("anthropic-version", "2023-06-01");
        using var answer = await client.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.OK || body.Length != answerBytes)
        {
            throw new BenchException($"The product is up, but a call through it was answered {(int)answer.StatusCode} and not with the stub's {answerBytes} bytes: {body[..Math.Min(body.Length, 2000)]}\n{Said()}");
        }
    }

    void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }
        if (WelcomeLink().Match(line) is { Success: true } link)
        {
            welcome.TrySetResult(link.Groups[1].Value);
        }
        lock (output)
        {
            output.Enqueue(line);
            if (output.Count > KeptLines)
            {
                output.Dequeue();
            }
        }
    }

    [GeneratedRegex(@"https?://\S+?(/welcome\?token=[0-9a-f]{64})")]
    private static partial Regex WelcomeLink();

    string Said()
    {
        lock (output)
        {
            return output.Count == 0 ? "It printed nothing." : "It printed last:\n  " + string.Join("\n  ", output);
        }
    }

    void Stop()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }
        process?.Dispose();
        process = null;
    }
}
