using System.Net.Sockets;
using System.Text;
using Governance.Bench.Wire;

namespace Governance.Bench.Upstream;

/// <summary>A provider that answers at once, on raw sockets so that it costs next to nothing, and keeps its own bill.</summary>
sealed class StubUpstream(StubAnswers answers)
{
    long json;
    long streams;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var address = new Uri(arguments.Text("urls", "http://127.0.0.1:0"));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(Loopback.EndPoint(address));
        listener.Listen(1024);
        var stub = new StubUpstream(new StubAnswers(arguments.Number("deltas-per-write", 5, 1, StubAnswers.Deltas)));
        var accepting = stub.AcceptAsync(listener);
        await Child.AnnounceAndWaitAsync($"http://{listener.LocalEndPoint}", arguments);
        listener.Close();
        await accepting;
        return 0;
    }

    async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptAsync());
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        connection.NoDelay = true;
        var reader = new HttpMessageReader();
        try
        {
            while (true)
            {
                var received = await connection.ReceiveAsync(reader.Free, SocketFlags.None);
                if (received == 0)
                {
                    return;
                }
                if (reader.Advance(received))
                {
                    await AnswerAsync(connection, reader);
                    reader.Next();
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other end hung up; nobody is left to be told.
        }
        catch (BenchException fault)
        {
            await Console.Error.WriteLineAsync("stub: " + fault.Message);
        }
    }

    async ValueTask AnswerAsync(Socket connection, HttpMessageReader request)
    {
        if (!request.Message.StartsWith("POST /v1/messages"u8))
        {
            await SendAsync(connection, request.Message.StartsWith("GET /count "u8) ? Count() : NotFound());
        }
        else if (request.Message.IndexOf("\"stream\":true"u8) < 0)
        {
            Interlocked.Increment(ref json);
            await SendAsync(connection, answers.JsonAnswer);
        }
        else
        {
            Interlocked.Increment(ref streams);
            for (var index = 0; index < answers.StreamAnswer.Count; index++)
            {
                await SendAsync(connection, answers.StreamAnswer[index]);
            }
        }
    }

    static async ValueTask SendAsync(Socket connection, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await connection.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    byte[] Count()
    {
        var (jsonCount, streamCount) = (Interlocked.Read(ref json), Interlocked.Read(ref streams));
        var nanos = jsonCount * StubAnswers.Price(StubAnswers.JsonUsage).Nanos + streamCount * StubAnswers.Price(StubAnswers.StreamUsage).Nanos;
        return Answer("200 OK", $$"""{"requests":{{jsonCount + streamCount}},"json":{{jsonCount}},"streams":{{streamCount}},"billed_nanos":{{nanos}}}""");
    }

    static byte[] NotFound() => Answer("404 Not Found", """{"type":"error","error":{"type":"not_found_error","message":"The stub answers POST /v1/messages and GET /count."}}""");

    static byte[] Answer(string status, string body) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
