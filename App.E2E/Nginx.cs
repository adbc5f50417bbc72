using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests;

namespace Governance.EndToEnd;

/// <summary>A real nginx with the configuration that docs/deploying.md shows: only its names, ports and certificate are others. Its folder is its own, and it ends with the test.</summary>
public sealed class Nginx : IAsyncDisposable
{
    const int Terminate = 15;
    const string Name = "governance.example.com";
    static readonly string[] s_places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"];

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("governance-nginx-");
    Process? _process;

    Nginx()
    {
    }

    /// <summary>One that does not run yet.</summary>
    public static Nginx Prepare() => new();

    /// <summary>Of its certificate, by which clients of the tests know it.</summary>
    public string Thumbprint { get; private set; } = "";

    /// <summary>The ports are known before it runs, because the product is told its public address.</summary>
    public int PlainPort { get; } = Ports.Free();

    public int TlsPort { get; } = Ports.Free();

    public Uri Plain => new($"http://localhost:{PlainPort}/");

    public Uri Tls => new($"https://localhost:{TlsPort}/");

    /// <param name="products">One, or two that share a database.</param>
    public async Task StartAsync(params Uri[] products)
    {
        WriteCertificate();
        var configuration = Path.Combine(_folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes 1;
            pid {{_folder.FullName}}/nginx.pid;
            error_log {{_folder.FullName}}/error.log warn;
            events { worker_connections 512; }
            http {
                log_format upstreams '$uri $upstream_addr';
                access_log {{_folder.FullName}}/access.log upstreams;
                client_body_temp_path {{_folder.FullName}}/body;
                proxy_temp_path {{_folder.FullName}}/proxy;
                fastcgi_temp_path {{_folder.FullName}}/fastcgi;
                uwsgi_temp_path {{_folder.FullName}}/uwsgi;
                scgi_temp_path {{_folder.FullName}}/scgi;
            {{Block(products)}}
            }
            """);
        var program = s_places.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("nginx is not installed: apt-get install nginx-light");
        _process = Process.Start(new ProcessStartInfo(program, ["-p", _folder.FullName, "-c", configuration, "-e", Path.Combine(_folder.FullName, "error.log")]) { RedirectStandardError = true })!;
        for (var clock = Stopwatch.StartNew(); !await ListensAsync(); await Task.Delay(50))
        {
            Assert.False(_process.HasExited, $"nginx did not take the configuration of the document:\n{(_process.HasExited ? await _process.StandardError.ReadToEndAsync() : "")}{Errors}");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"nginx does not listen:\n{Errors}");
        }
    }

    /// <summary>What it complained about.</summary>
    public string Errors => File.Exists(Path.Combine(_folder.FullName, "error.log")) ? File.ReadAllText(Path.Combine(_folder.FullName, "error.log")) : "";

    /// <summary>Which products answered a path, each once, by host and port; of those that were tried the last.</summary>
    public IReadOnlyList<string> AnsweredBy(string path) =>
        [.. File.ReadAllLines(Path.Combine(_folder.FullName, "access.log")).Select(line => line.Split(' ', 2)).Where(line => line[0] == path).Select(line => line[1].Split(", ")[^1]).Distinct()];

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            // It ends its worker itself.
            _ = SendSignal(_process.Id, Terminate);
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    string Block(Uri[] products)
    {
        var document = File.ReadAllText(Path.Combine(AppProcess.RepositoryFolder, "docs", "deploying.md"));
        var blocks = Regex.Matches(document, "^```nginx\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();
        var block = products.Length == 1 ? blocks[0] : WithUpstreams(blocks[0], blocks[1]);
        var servers = products.Length == 1 ? [("server 127.0.0.1:5000;", $"server {products[0].Authority};")]
            : products.Select((product, at) => ($"server 10.0.0.1{at + 1}:5000 ", $"server {product.Authority} "));
        foreach (var (shown, here) in ((string, string)[])
        [
            .. servers,
            ($"/etc/letsencrypt/live/{Name}", _folder.FullName),
            ("listen 80;", $"listen 127.0.0.1:{PlainPort};"),
            ("listen 443 ssl;", $"listen 127.0.0.1:{TlsPort} ssl;"),
            ($"server_name {Name};", "server_name localhost;"),
        ])
        {
            Assert.Contains(shown, block, StringComparison.Ordinal);
            block = block.Replace(shown, here, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(":5000", block, StringComparison.Ordinal);
        Assert.DoesNotContain(Name, block[block.IndexOf('\n', StringComparison.Ordinal)..], StringComparison.Ordinal);
        return block;
    }

    /// <summary>The block with the upstreams of the part about several instances in the place of its own.</summary>
    static string WithUpstreams(string block, string upstreams)
    {
        foreach (Match upstream in Regex.Matches(upstreams, @"^upstream (\w+) \{.*?^\}\n", RegexOptions.Singleline | RegexOptions.Multiline))
        {
            var own = Regex.Match(block, $@"^upstream {upstream.Groups[1].Value} \{{.*?^\}}\n", RegexOptions.Singleline | RegexOptions.Multiline);
            Assert.True(own.Success, $"The first block has no upstream {upstream.Groups[1].Value}.");
            block = block.Replace(own.Value, upstream.Value, StringComparison.Ordinal);
        }
        return block;
    }

    void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Thumbprint = certificate.GetCertHashString();
        File.WriteAllText(Path.Combine(_folder.FullName, "fullchain.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "privkey.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int process, int signal);

    async Task<bool> ListensAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, TlsPort);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
