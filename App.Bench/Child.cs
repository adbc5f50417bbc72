using System.Diagnostics;

namespace Governance.Bench;

/// <summary>A process that the bench starts; it ends when its owner ends, because its input ends.</summary>
sealed class Child : IDisposable
{
    const string Ready = "ready ";

    readonly Process process;

    Child(Process process) => this.process = process;

    public int Id => process.Id;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Starts this very program in a role and waits until it says where it listens.</summary>
    /// <param name="inline">Socket completions run on the polling thread: for the stub and the generator, which never block, so that they stay cheap.</param>
    public static async Task<Child> StartAsync(string role, bool inline, params string[] arguments)
    {
        var host = Environment.ProcessPath ?? throw new BenchException("The bench does not know its own path.");
        var start = new ProcessStartInfo(host) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "App.Bench.dll"));
        }
        foreach (var argument in (string[])[role, .. arguments, "--child"])
        {
            start.ArgumentList.Add(argument);
        }
        if (inline)
        {
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
            start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1";
        }
        var child = new Child(Process.Start(start)!);
        if (await child.ReadLineAsync(TimeSpan.FromSeconds(20)) is not { } line || !line.StartsWith(Ready, StringComparison.Ordinal))
        {
            child.Dispose();
            throw new BenchException($"The role '{role}' did not come up.");
        }
        child.Address = new Uri(line[Ready.Length..]);
        return child;
    }

    /// <summary>Asks one line and waits for one line.</summary>
    public async Task<string> AskAsync(string line, TimeSpan patience)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        return await ReadLineAsync(patience) ?? throw new BenchException("A role of the bench ended before it answered.");
    }

    /// <summary>In the child: says where it listens and returns when the owner is gone, or on Ctrl-C when it runs alone.</summary>
    public static async Task AnnounceAndWaitAsync(string address, Arguments arguments)
    {
        Console.WriteLine(Ready + address);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Console.CancelKeyPress += (_, cancel) =>
        {
            cancel.Cancel = true;
            ended.TrySetResult();
        };
        if (arguments.Has("child"))
        {
            // A thread of its own: reading the console blocks.
            new Thread(() =>
            {
                while (Console.In.ReadLine() is not null)
                {
                }
                ended.TrySetResult();
            })
            { IsBackground = true }.Start();
        }
        await ended.Task;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(3)))
        {
            process.Kill();
            process.WaitForExit();
        }
        process.Dispose();
    }

    async Task<string?> ReadLineAsync(TimeSpan patience)
    {
        try
        {
            return await process.StandardOutput.ReadLineAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
