using System.Diagnostics;
using System.Text.Json;

namespace Governance.Tests.Alerts;

/// <summary>A message as the server took it.</summary>
sealed record ReceivedMail(string[] To, string MessageId, string Subject, string Body, string From);

/// <summary>A real SMTP server (Debian's python3-aiosmtpd) as a process of its own on a loopback port. It refuses recipients that begin with <c>nobody</c>.</summary>
sealed class SmtpServer : IDisposable
{
    const string Script = """
        import asyncio, json, os, sys
        from email import message_from_bytes, policy
        from aiosmtpd.smtp import SMTP

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody"):
                    return "550 no such mailbox"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                mail = message_from_bytes(envelope.content, policy=policy.default)
                print(json.dumps({"To": envelope.rcpt_tos, "MessageId": mail["Message-ID"], "Subject": mail["Subject"],
                    "Body": mail.get_content(), "From": envelope.mail_from}), flush=True)
                return "250 OK"

        async def main():
            server = await asyncio.get_running_loop().create_server(lambda: SMTP(Handler()), "127.0.0.1", int(sys.argv[1]))
            print("ready", flush=True)
            # Ends with the tests, however they end.
            while os.getppid() == parent:
                await asyncio.sleep(0.5)

        parent = os.getppid()
        # Keeps nothing open that the tests were started with, such as a lock.
        os.closerange(3, 1024)
        asyncio.run(main())
        """;

    readonly Process process;
    readonly List<ReceivedMail> received = [];
    bool disposed;
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    SmtpServer(int port)
    {
        process = new Process
        {
            StartInfo = new ProcessStartInfo("/usr/bin/python3", ["-c", Script, port.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, _) => { };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("The SMTP server did not start; python3-aiosmtpd is needed."));
    }

    public IReadOnlyList<ReceivedMail> Received
    {
        get { lock (received) { return [.. received]; } }
    }

    public static async Task<SmtpServer> StartAsync(int port)
    {
        var server = new SmtpServer(port);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        await server.ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return server;
    }

    /// <summary>Waits for that many messages; no more may come.</summary>
    public async Task<IReadOnlyList<ReceivedMail>> ReceiveAsync(int count)
    {
        await Eventually.IsTrueAsync(() => Received.Count >= count, $"{count} messages");
        Assert.Equal(count, Received.Count);
        return Received;
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
        process.Dispose();
    }

    void Take(string? line)
    {
        if (line == "ready")
        {
            ready.TrySetResult();
        }
        else if (line is not null)
        {
            lock (received) { received.Add(JsonSerializer.Deserialize<ReceivedMail>(line)!); }
        }
    }
}
