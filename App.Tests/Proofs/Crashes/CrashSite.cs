using System.Diagnostics;
using System.Globalization;
using Governance.Integrity.Checks;
using Governance.Tests.Alerts;

namespace Governance.Tests.Proofs.Crashes;

/// <summary>One database that is killed again and again: a provider with books of its own, a mail server, and everything that an owner and clients do, until the process dies at the named place.</summary>
sealed class CrashSite : IAsyncDisposable
{
    const int Workers = 8;
    const int Killed = 137;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("governance-crash-");
    readonly string key = Product.NewKey("main");
    readonly FakeProvider provider;
    readonly SmtpServer mail;
    readonly int mailPort;
    int round;
    int calls;

    CrashSite(FakeProvider provider, SmtpServer mail, int mailPort)
    {
        (this.provider, this.mail, this.mailPort) = (provider, mail, mailPort);
        provider.Answer = request => Answers.Message(request, 1 + (request.Number % 50), Math.Min(request.MaxTokens, 1 + (request.Number % 90)));
    }

    /// <summary>The longest time from the start of a process after a crash until it was ready. The very first start, which makes the tables, does not count.</summary>
    public TimeSpan Slowest { get; private set; }

    public int Kills { get; private set; }

    public static async Task<CrashSite> OpenAsync()
    {
        var port = Ports.Free();
        return new CrashSite(await FakeProvider.StartAsync(), await SmtpServer.StartAsync(port), port);
    }

    /// <summary>Starts, checks what the crash before left, and works until the process has died at <paramref name="point"/>.</summary>
    public async Task CrashAsync(string point, int passage)
    {
        if (point == "recovery-middle")
        {
            // It is passed once for each hold that the crash before left open, of which there is one at least.
            passage = Math.Min(passage, (int)Row.Read(Path.Combine(folder.FullName, "governance.db"), "SELECT COUNT(*) AS open FROM holds").Single().Number("open"));
        }
        if (await StartAsync(string.Create(CultureInfo.InvariantCulture, $"{point}:{passage}")) is { } product)
        {
            await using (product)
            {
                await CheckAsync(product, "the crash before " + point);
                await WorkUntilDeadAsync(product, point, passage);
            }
        }
        Kills++;
    }

    /// <summary>Starts once more and checks.</summary>
    public async Task EndAsync()
    {
        await using (var product = await StartAsync(null) ?? throw new InvalidOperationException("It did not start."))
        {
            await CheckAsync(product, "the last crash");
            var (code, output) = await VerifyCommand.RunAsync(product.App.DataFolder);
            Assert.True(code == 0, output);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        mail.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Null where the process died at the named place before it was ready.</summary>
    async Task<Product?> StartAsync(string? crashAt)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var product = await Product.StartAsync(provider.Url, Answers.PriceRows, folder.FullName, key,
                ("Governance__CrashAt", crashAt ?? ""), ("Governance__Journal__CheckpointGroups", "15"), ("Governance__Smtp__Host", "127.0.0.1"),
                ("Governance__Smtp__Port", mailPort.ToString(CultureInfo.InvariantCulture)), ("Governance__Smtp__From", "budgets@example.com"), ("Governance__Smtp__UseTls", "false"));
            while (!await IsReadyAsync(product))
            {
                if (product.App.HasExited)
                {
                    var code = product.App.ExitCode;
                    await product.DisposeAsync();
                    return code == Killed ? null : throw new InvalidOperationException($"It ended with {code} before it was ready.");
                }
                Assert.True(clock.Elapsed < Patience, "It answers and is not ready.");
                await Task.Delay(20);
            }
            Slowest = Kills > 0 && clock.Elapsed > Slowest ? clock.Elapsed : Slowest;
            return product;
        }
        catch (InvalidOperationException exception) when (crashAt is not null && exception.Message.Contains("ended with 137", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <summary>False as well where the process has died between its first answer and this one.</summary>
    static async Task<bool> IsReadyAsync(Product product)
    {
        try
        {
            return (await product.ReadyAsync()).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task WorkUntilDeadAsync(Product product, string point, int passage)
    {
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var work = Enumerable.Range(0, Workers).Select(worker => Task.Run(() => CallAsync(product, worker, stop.Token))).Append(Task.Run(() => EditAsync(product, stop.Token))).ToList();
        while (!product.App.HasExited && clock.Elapsed < Patience)
        {
            await Task.Delay(20);
        }
        await stop.CancelAsync();
        var reached = product.App.HasExited;
        await product.App.KillAsync();
        await Task.WhenAll(work);
        Assert.True(reached, $"{point} was not passed {passage} times within {Patience}");
        Assert.True(product.App.ExitCode == Killed, $"on the way to {point} it ended with {product.App.ExitCode}:\n{product.App.Output}");
    }

    /// <summary>Answers as JSON and as streams, refusals, and calls that are answered from the cache.</summary>
    async Task CallAsync(Product product, int worker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var call = string.Create(CultureInfo.InvariantCulture, $"call-{Interlocked.Increment(ref calls)}");
            var body = worker == 0 ? Answers.Call(model: "no-such-model") : Answers.Call(maxTokens: 100, more: $",\"stream\":{(worker % 2 == 0 ? "true" : "false")},\"metadata\":{{\"user_id\":\"{call}\"}}");
            try
            {
                using var response = await product.StreamAsync(body, cancellation: stop);
                await response.Content.CopyToAsync(Stream.Null, stop);
                if (worker == 0)
                {
                    await Task.Delay(50, stop);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // The process is gone.
                return;
            }
        }
    }

    /// <summary>A budget that warns at once, a rule, a key that comes and is revoked: each a change of definitions of its own.</summary>
    async Task EditAsync(Product product, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = (++round).ToString(CultureInfo.InvariantCulture);
            try
            {
                await product.ApplyAsync($$"""
                    budgets:
                      - { id: warn-{{number}}, scope: { project: main }, cap_usd: "0.000010", hard_block: false, alert_email: ops@example.com, thresholds: [{ percent: 50, severity: warning, channels: [email] }] }
                    """);
                await product.ApplyAsync($$"""
                    projects:
                      - { id: main, name: Main, upstreams: [fake], cache: true, keys: [{ id: extra-{{number}} }] }
                    rules:
                      - { id: rule-{{number}}, type: deny_model, scope: { project: main }, models: [model-{{number}}], state: enforced }
                    """);
                await product.ApplyAsync($$"""
                    projects:
                      - { id: main, name: Main, upstreams: [fake], cache: true, keys: [{ id: extra-{{number}}, revoked: true }] }
                    """);
                await Task.Delay(300, stop);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                // The process is gone.
                return;
            }
        }
    }

    async Task CheckAsync(Product product, string after)
    {
        var open = await Eventually.ReadAsync(() => product.Rows("SELECT id FROM holds").Count, count => count == 0);
        Assert.True(open == 0, $"{open} holds are still open after {after}");
        Books.EveryBilledCallHasItsEntry(product, provider.ReadBooks());
        var report = await Verification.VerifyAsync($"Data Source={product.App.DatabasePath}", null);
        Assert.True(report.IsClean, $"after {after}: {string.Join("; ", report.Findings.Select(finding => $"{finding.Invariant} {finding.Subject}: {finding.Message}"))}");
        Assert.Equal("ok", product.Rows("PRAGMA integrity_check").Single().Text("integrity_check"));
        // One mail for each warning that was told and read, under one id, however often it was tried.
        var mails = product.Rows("SELECT message_id, audit_id, sent_at FROM mail");
        Assert.Equal(mails.Count, mails.Select(row => row.Number("audit_id")).Distinct().Count());
        var received = mail.Received.Select(message => message.MessageId).ToHashSet();
        Assert.True(received.IsSubsetOf(mails.Select(row => row.Text("message_id")!)), $"after {after}: a mail was sent that is not in the outbox");
    }
}
