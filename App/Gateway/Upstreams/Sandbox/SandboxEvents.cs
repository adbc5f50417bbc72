using System.Text.Json;

namespace Governance.Gateway.Upstreams.Sandbox;

/// <summary>One step of producing a body: bytes to send, or the loss of the connection.</summary>
[Pure]
readonly record struct SandboxFrame(ReadOnlyMemory<byte> Bytes, bool Lost = false);

/// <summary>Turns an answer into the frames of its body, one at a time.</summary>
[Pure]
static class SandboxEvents
{
    const int TokensPerPiece = 4;
    static readonly SandboxFrame Lost = new(default, Lost: true);

    /// <summary>The first half of a body and then the loss of the connection.</summary>
    public static IEnumerable<SandboxFrame> Half(ReadOnlyMemory<byte> body)
    {
        yield return new SandboxFrame(body[..(body.Length / 2)]);
        yield return Lost;
    }

    /// <summary>The server-sent events of an answer; a marker may end them half-way with an error event or the loss of the connection.</summary>
    public static IEnumerable<SandboxFrame> Stream(SandboxAnswer answer, SandboxMarkers markers, string requestId)
    {
        yield return Event("message_start", writer =>
        {
            writer.WriteStartObject("message");
            SandboxWire.WriteMessage(writer, answer, begun: true);
            writer.WriteEndObject();
        });
        yield return Event("ping", _ => { });

        var pieces = answer.Blocks.Select(block => SandboxTokens.Pieces(block.Text, TokensPerPiece)).ToList();
        long? sendable = markers.Cut || markers.StreamError is not null ? pieces.Sum(piece => piece.Count) / 2 : null;
        for (var index = 0; index < answer.Blocks.Count; index++)
        {
            foreach (var frame in Block(answer.Blocks[index], index, pieces[index].Take((int)Math.Min(sendable ?? int.MaxValue, int.MaxValue)), pieces[index].Count > sendable))
            {
                yield return frame;
            }
            if (pieces[index].Count > sendable)
            {
                break;
            }
            sendable -= pieces[index].Count;
        }

        if (markers.Cut)
        {
            yield return Lost;
        }
        else if (markers.StreamError is { } type)
        {
            yield return Frame("error", SandboxWire.Json(writer => SandboxWire.WriteError(writer, type, SandboxErrors.MessageOf(SandboxErrors.StatusOf(type)), requestId)));
        }
        else
        {
            yield return Event("message_delta", writer => WriteEnd(writer, answer));
            yield return Event("message_stop", _ => { });
        }
    }

    static IEnumerable<SandboxFrame> Block(SandboxBlock block, int index, IEnumerable<string> pieces, bool broken)
    {
        yield return Event("content_block_start", writer =>
        {
            writer.WriteNumber("index", index);
            writer.WriteStartObject("content_block");
            SandboxWire.WriteBlock(writer, block, begun: true);
            writer.WriteEndObject();
        });
        var (delta, member) = block.Kind switch
        {
            SandboxBlockKind.Thinking => ("thinking_delta", "thinking"),
            SandboxBlockKind.ToolUse => ("input_json_delta", "partial_json"),
            _ => ("text_delta", "text"),
        };
        foreach (var piece in pieces)
        {
            yield return Delta(index, delta, member, piece);
        }
        if (broken)
        {
            yield break;
        }
        if (block.Kind == SandboxBlockKind.Thinking)
        {
            yield return Delta(index, "signature_delta", "signature", block.Id);
        }
        yield return Event("content_block_stop", writer => writer.WriteNumber("index", index));
    }

    static SandboxFrame Delta(int index, string type, string member, string piece) => Event("content_block_delta", writer =>
    {
        writer.WriteNumber("index", index);
        writer.WriteStartObject("delta");
        writer.WriteString("type", type);
        writer.WriteString(member, piece);
        writer.WriteEndObject();
    });

    static void WriteEnd(Utf8JsonWriter writer, SandboxAnswer answer)
    {
        writer.WriteStartObject("delta");
        SandboxWire.WriteStop(writer, answer);
        writer.WriteEndObject();
        if (answer.TellsUsage)
        {
            SandboxWire.WriteUsage(writer, answer, answer.Usage, whole: false);
        }
    }

    static SandboxFrame Event(string type, Action<Utf8JsonWriter> members) => Frame(type, SandboxWire.Json(writer =>
    {
        writer.WriteString("type", type);
        members(writer);
    }));

    static SandboxFrame Frame(string type, byte[] json) => new((byte[])[.. "event: "u8, .. System.Text.Encoding.UTF8.GetBytes(type), .. "\ndata: "u8, .. json, .. "\n\n"u8]);
}
