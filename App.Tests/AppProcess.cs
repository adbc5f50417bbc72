using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Governance.Tests;

/// <summary>How to start the product: by default the built dll of this configuration as a user starts it, in no named environment, from the repository root, but with a database of its own.</summary>
public sealed record AppStart
{
    public string[] Arguments { get; init; } = [];
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    /// <summary>Null names none, which is Production.</summary>
    public string? HostEnvironment { get; init; }
    /// <summary>The <c>App.dll</c> to run; null for <see cref="AppProcess.ProductAssembly"/>.</summary>
    public string? Assembly { get; init; }
    /// <summary>The folder that it is started from; null for the repository root.</summary>
    public string? WorkingFolder { get; init; }
    /// <summary>Where the database lies. One that is given here is kept, so that a second process can go on with it; else a temporary folder, deleted at the end.</summary>
    public string? DataFolder { get; init; }
    /// <summary>Puts something at the path of a database of its own before it starts.</summary>
    public Action<string>? Furnish { get; init; }
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The product as a process of its own on a free loopback port: for what only a real process shows (signals, published files, browsers).</summary>
public sealed class AppProcess : IAsyncDisposable
{
    const int Terminate = 15;
    const int Continue = 18;
    const int Halt = 19;
    static readonly string[] s_prefixes = ["ASPNETCORE_", "Governance__", "ConnectionStrings__", "Logging__", "Kestrel__", "DOTNET_URLS"];
    readonly Process _process;
    readonly StringBuilder _output = new();
    readonly bool _ownsData;

    AppProcess(Process process, Uri url, string dataFolder, bool ownsData)
    {
        (_process, Url, DataFolder, _ownsData) = (process, url, dataFolder, ownsData);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = url };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>The address with its port, ending in a slash.</summary>
    public Uri Url { get; }

    /// <summary>A client of <see cref="Url"/> that follows no redirect and keeps no cookie jar of others.</summary>
    public HttpClient Client { get; }

    public string DataFolder { get; }

    public string DatabasePath => Path.Combine(DataFolder, "governance.db");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything that the process has printed so far.</summary>
    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    /// <summary>The folder that holds <c>Governance.sln</c>.</summary>
    public static string RepositoryFolder { get; } = FindRepository();

    /// <summary>The built product of the configuration (Debug or Release) that these tests were built in.</summary>
    public static string BuiltAssembly { get; } = Path.Combine(RepositoryFolder, "App", "bin", Configuration, "net10.0", "App.dll");

    /// <summary>The product that tests start: the one that GOVERNANCE_PRODUCT names, such as the same code compiled ahead of time, else the one that was built with these tests.</summary>
    public static string ProductAssembly { get; } = Environment.GetEnvironmentVariable("GOVERNANCE_PRODUCT") is { Length: > 0 } named ? Path.GetFullPath(named, RepositoryFolder) : BuiltAssembly;

    /// <summary>Debug or Release.</summary>
    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Starts the product and returns once it answers.</summary>
    public static async Task<AppProcess> StartAsync(AppStart? start = null)
    {
        start ??= new AppStart();
        var url = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        var data = start.DataFolder ?? Directory.CreateTempSubdirectory("governance-").FullName;
        if (start.DataFolder is null)
        {
            start.Furnish?.Invoke(Path.Combine(data, "governance.db"));
        }
        var app = new AppProcess(new Process { StartInfo = Describe(start, url, data) }, url, data, start.DataFolder is null);
        try
        {
            app._process.Start();
            app._process.BeginOutputReadLine();
            app._process.BeginErrorReadLine();
            await app.ReadyAsync(start.Timeout);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of the link that it prints for the first owner, once it is printed.</summary>
    public async Task<string> WelcomeAsync()
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(50))
        {
            if (Regex.Match(Output, @"https?://\S+?(/welcome\?token=[0-9a-f]{64})") is { Success: true } link)
            {
                return link.Groups[1].Value;
            }
        }
        throw new TimeoutException($"The product printed no link for the first owner:\n{Output}");
    }

    /// <summary>Ends the process as a machine that loses power would: no handler runs.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the process where it is, as a machine does that is put to sleep.</summary>
    public void Pause() => _ = SendSignal(_process.Id, Halt);

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    public void Resume() => _ = SendSignal(_process.Id, Continue);

    /// <summary>Asks the process to stop (SIGTERM) and waits; answers with its exit code.</summary>
    public async Task<int> StopAsync(TimeSpan? timeout = null)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, Terminate);
        }
        await _process.WaitForExitAsync().WaitAsync(timeout ?? TimeSpan.FromSeconds(40));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            await KillAsync();
        }
        catch (InvalidOperationException)
        {
            // It never started.
        }
        _process.Dispose();
        if (_ownsData)
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    static ProcessStartInfo Describe(AppStart start, Uri url, string data)
    {
        var info = new ProcessStartInfo("dotnet", [start.Assembly ?? ProductAssembly, "--urls", url.AbsoluteUri.TrimEnd('/'), .. start.Arguments])
        {
            WorkingDirectory = start.WorkingFolder ?? RepositoryFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in info.Environment.Keys.Where(IsOurs).ToList())
        {
            // What stands around the tests must not reach the product.
            info.Environment.Remove(name);
        }
        if (start.HostEnvironment is { } environment)
        {
            info.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        }
        info.Environment["ConnectionStrings__Governance"] = $"Data Source={Path.Combine(data, "governance.db")}";
        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }
        return info;
    }

    /// <summary>True for a variable that would change what the product does.</summary>
    public static bool IsOurs(string variable) =>
        variable.Equals("URLS", StringComparison.OrdinalIgnoreCase) || variable.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase) || variable.Equals("DOTNET_CONTENTROOT", StringComparison.OrdinalIgnoreCase)
        || s_prefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    async Task ReadyAsync(TimeSpan timeout)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < timeout; await Task.Delay(100))
        {
            if (_process.HasExited)
            {
                // Without a limit this waits for the last lines of output too.
                await _process.WaitForExitAsync();
                throw new InvalidOperationException($"The product ended with {_process.ExitCode} before it answered:\n{Output}");
            }
            try
            {
                using var answer = await Client.GetAsync(new Uri("health/live", UriKind.Relative));
                if (answer.StatusCode < HttpStatusCode.InternalServerError)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // Not listening yet; a connection that is reset between its making and the question who is at its other end fails outside HttpClient's own kind.
            }
        }
        throw new TimeoutException($"The product did not answer within {timeout}:\n{Output}");
    }

    void Keep(string? line)
    {
        lock (_output) { _output.AppendLine(line); }
    }

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("Governance.sln is in no folder above the tests.");
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int process, int signal);
}
