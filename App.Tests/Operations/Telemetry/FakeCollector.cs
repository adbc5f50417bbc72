using System.Collections.Concurrent;
using System.Text;
using Governance.Gateway.Telemetry;
using Governance.Gateway.Upstreams.Sandbox;
using Governance.Tests.Gateway.Surfaces.Anthropic.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Tests.Operations.Telemetry;

/// <summary>A span as it was received.</summary>
sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name, ulong Starts, ulong Ends, IReadOnlyDictionary<string, string> Attributes);

/// <summary>What a program sends by OTLP over HTTP, received on a loopback port.</summary>
sealed class FakeCollector : IAsyncDisposable
{
    readonly WebApplication host;
    readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();

    FakeCollector(WebApplication host) => this.host = host;

    public string Url => host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<ReceivedSpan> Spans => [.. Bodies("/v1/traces").SelectMany(SpansOf)];

    /// <summary>Everything that came under a path.</summary>
    public IEnumerable<byte[]> Bodies(string path) => received.Where(one => one.Path == path).Select(one => one.Body);

    /// <summary>True where the text stands anywhere in what was received.</summary>
    public bool Has(string text, string? path = null) => received.Any(one => (path is null || one.Path == path) && one.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public static async Task<FakeCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var host = builder.Build();
        var collector = new FakeCollector(host);
        host.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            collector.received.Enqueue((context.Request.Path, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
        });
        await host.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    /// <summary>ExportTraceServiceRequest.resource_spans.scope_spans.spans.</summary>
    static IEnumerable<ReceivedSpan> SpansOf(byte[] request) =>
        from resource in Fields(request)
        where resource.Number == 1
        from scope in Fields(resource.Bytes)
        where scope.Number == 2
        from span in Fields(scope.Bytes)
        where span.Number == 2
        select SpanOf(span.Bytes);

    static ReceivedSpan SpanOf(byte[] message)
    {
        var fields = Fields(message);
        return new ReceivedSpan(Hex(1), Hex(2), Hex(4), Encoding.UTF8.GetString(Bytes(5)), Number(7), Number(8),
            fields.Where(field => field.Number == 9).Select(field => Fields(field.Bytes)).ToDictionary(pair => Encoding.UTF8.GetString(pair.Single(part => part.Number == 1).Bytes), pair => ValueOf(pair.Single(part => part.Number == 2).Bytes)));

        string Hex(int number) => Convert.ToHexStringLower(Bytes(number));

        byte[] Bytes(int number) => fields.FirstOrDefault(field => field.Number == number).Bytes ?? [];

        ulong Number(int number) => fields.Single(field => field.Number == number).Value;
    }

    static string ValueOf(byte[] any) => Fields(any) is [var value] ? value.Number == 1 ? Encoding.UTF8.GetString(value.Bytes) : value.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";

    /// <summary>The fields of a message of protocol buffers.</summary>
    static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var (number, value, bytes) = ((int)(tag >> 3), 0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0:
                    value = Varint(message, ref at);
                    break;
                case 1:
                    value = BitConverter.ToUInt64(message, at);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    bytes = message[at..(at + length)];
                    at += length;
                    break;
                case 5:
                    value = BitConverter.ToUInt32(message, at);
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
            fields.Add((number, value, bytes));
        }
        return fields;
    }

    static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }
    }
}
