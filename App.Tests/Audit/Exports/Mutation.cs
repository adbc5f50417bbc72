using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Governance.Audit;
using Governance.Audit.Exports;
using Governance.Gateway.Upstreams.Sandbox;

namespace Governance.Tests.Audit.Exports;

/// <summary>Damages exports: by somebody careless, and by somebody who makes the counts, the last line or even every hash fit again.</summary>
static class Mutation
{
    public static readonly string[] Kinds = ["flip", "delete", "insert", "swap", "cut", "splice", "rechain", "reseal", "renumber", "append"];

    /// <summary>The damaged export of a trail that a checkpoint covers to its end.</summary>
    public static byte[] Apply(string kind, byte[] export, Func<DraftTrail> copy, Random random)
    {
        var fits = random.Next(2) == 0;
        var lines = Lines(export);
        switch (kind)
        {
            case "flip":
                return Flip(export, lines, random, fits);
            case "delete":
                lines.RemoveAt(random.Next(fits ? 1 : 0, lines.Count - (fits ? 1 : 0)));
                break;
            case "insert":
                lines.Insert(random.Next(1, lines.Count - 1), random.Next(2) == 0 ? lines[random.Next(1, lines.Count - 1)] : Invented(lines, random));
                break;
            case "swap":
                var (left, right) = (random.Next(1, lines.Count - 2), random.Next(1, lines.Count - 2));
                right += right == left ? 1 : 0;
                (lines[left], lines[right]) = (lines[right], lines[left]);
                break;
            case "cut" when !fits:
                return export[..random.Next(0, export.Length)];
            case "cut":
                var first = random.Next(1, lines.Count - 1);
                lines.RemoveRange(first, lines.Count - 1 - first);
                break;
            case "splice":
                Splice(lines, random);
                break;
            case "append":
                lines.Add(lines[random.Next(lines.Count)]);
                return Join(lines);
            default:
                return Forge(kind, copy(), random);
        }
        return fits ? Fit(lines) : Join(lines);
    }

    static byte[] Flip(byte[] export, List<byte[]> lines, Random random, bool fits)
    {
        if (!fits)
        {
            var flipped = export.ToArray();
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            return flipped;
        }
        var line = lines[random.Next(1, lines.Count - 1)];
        line[random.Next(line.Length)] ^= (byte)(1 << random.Next(8));
        return Fit(lines);
    }

    /// <summary>An event that is well linked to the one before it, at a place where there is one already.</summary>
    static byte[] Invented(List<byte[]> lines, Random random)
    {
        var from = Encoding.UTF8.GetString(lines[random.Next(1, lines.Count - 1)]);
        return Encoding.UTF8.GetBytes(from.Replace("System", "Change", StringComparison.Ordinal) + (from.Contains("System", StringComparison.Ordinal) ? "" : " "));
    }

    /// <summary>Puts an event of one chain in the place of one of another.</summary>
    static void Splice(List<byte[]> lines, Random random)
    {
        var events = Enumerable.Range(1, lines.Count - 2).Where(i => lines[i].AsSpan().StartsWith("{\"chain\""u8)).ToList();
        var into = events[random.Next(events.Count)];
        var others = events.Where(i => !lines[i].AsSpan()[..20].SequenceEqual(lines[into].AsSpan()[..20])).ToList();
        var text = Encoding.UTF8.GetString(lines[others[random.Next(others.Count)]]);
        if (random.Next(2) == 0)
        {
            // With the names that belong there, so that only the hash can tell.
            var here = Encoding.UTF8.GetString(lines[into]);
            text = here[..here.IndexOf("\"hash\"", StringComparison.Ordinal)] + text[text.IndexOf("\"hash\"", StringComparison.Ordinal)..];
        }
        lines[into] = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Changes the trail itself and makes every hash, seal and count fit: nothing inside the export can tell.</summary>
    static byte[] Forge(string kind, DraftTrail trail, Random random)
    {
        var chain = kind == "reseal" ? AuditEvent.LedgerChain : trail.Chains.Keys.ElementAt(random.Next(trail.Chains.Count));
        var events = trail.Chains[chain];
        var at = random.Next(events.Count);
        if (kind == "rechain")
        {
            events[at] = events[at] with { Body = DraftTrail.Edit(events[at].Body, "\"sentence\":\"", "\"sentence\":\"Not ") };
        }
        else if (kind == "reseal")
        {
            byte[][] entries = [.. events[at].Entries.Select(entry => entry.ToArray())];
            byte[][] corrections = [.. events[at].Corrections.Select(correction => correction.ToArray())];
            var row = corrections is [.., var last] && (entries.Length == 0 || random.Next(2) == 0) ? last : entries[^1];
            BinaryPrimitives.WriteInt64BigEndian(row.AsSpan(row.Length - 8), random.Next());
            var (was, now) = (DraftTrail.Numbers(events[at].Entries, events[at].Corrections).Digest, DraftTrail.Numbers(entries, corrections).Digest);
            events[at] = events[at] with { Entries = entries, Corrections = corrections, Body = DraftTrail.Edit(events[at].Body, was, now) };
        }
        else
        {
            events.RemoveAt(at);
            for (var i = at; i < events.Count; i++)
            {
                events[i] = events[i] with
                {
                    Body = DraftTrail.Edit(events[i].Body, $"\"sequence\":{i + 2},", $"\"sequence\":{i + 1},"),
                    Entries = [],
                    Corrections = [],
                };
            }
        }
        trail.Relink(chain);
        return trail.Export();
    }

    static List<byte[]> Lines(byte[] export)
    {
        var lines = new List<byte[]>();
        for (var start = 0; start < export.Length;)
        {
            var end = Array.IndexOf(export, (byte)'\n', start);
            lines.Add(export[start..end]);
            start = end + 1;
        }
        return lines;
    }

    static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];

    /// <summary>Makes the first and the last line say what is between them.</summary>
    static byte[] Fit(List<byte[]> lines)
    {
        var (events, entries) = (lines.Count(line => line.AsSpan().StartsWith("{\"chain\""u8)), lines.Count(line => line.AsSpan().StartsWith("{\"entry\""u8)));
        var corrections = lines.Count(line => line.AsSpan().StartsWith("{\"correction\""u8));
        var header = System.Text.Json.Nodes.JsonNode.Parse(lines[0])!;
        header["events"] = events;
        header["entries"] = entries;
        header["corrections"] = corrections;
        var rest = Join([Encoding.UTF8.GetBytes(header.ToJsonString()), .. lines.Skip(1).SkipLast(1)]);
        return [.. rest, .. ExportWriter.Trailer(events, entries, corrections, SHA256.HashData(rest)), (byte)'\n'];
    }

    public static string Describe(BadRow? bad) => bad is null ? "clean" : string.Create(CultureInfo.InvariantCulture, $"{bad.Line}|{bad.Chain}|{bad.Sequence}|{bad.Code}");
}
