using System.Diagnostics;
using System.Text.Json;
using Governance.Audit;
using Governance.Audit.Exports;

namespace Governance.Bench.Micro;

/// <summary><c>audit</c>: writes an export of so many events of the size of a refusal and proves it.</summary>
static class AuditBench
{
    const int Chains = 8;

    public static int Run(Arguments arguments)
    {
        var rows = arguments.Number("rows", 1_000_000, 100, 100_000_000);
        var file = Path.Combine(arguments.Text("data", Path.GetTempPath()), "governance-bench-" + Guid.NewGuid().ToString("N")[..8] + ".jsonl");
        try
        {
            var clock = Stopwatch.StartNew();
            Write(file, rows);
            Console.WriteLine($"written   {rows,12:N0} rows  {new FileInfo(file).Length / 1e6,8:N0} MB  {clock.Elapsed.TotalSeconds,6:0.0} s");
            var before = GC.GetTotalAllocatedBytes(precise: true);
            clock.Restart();
            using var verification = new ExportVerification(CheckpointBook.Empty);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            var report = verification.Verify(stream);
            var seconds = clock.Elapsed.TotalSeconds;
            Console.WriteLine($"verified  {report.Events,12:N0} rows  {report.Events / seconds,8:N0} rows/s  {seconds,6:0.0} s  {(GC.GetTotalAllocatedBytes(precise: true) - before) / (double)rows:0.0} bytes allocated a row  {(report.Clean ? "clean" : report.Bad!.Why)}");
            return report.Clean && report.Events == rows ? 0 : 1;
        }
        finally
        {
            File.Delete(file);
        }
    }

    static void Write(string file, int rows)
    {
        using var stream = File.Create(file, 1 << 16);
        using var writer = new ExportWriter(stream);
        writer.WriteHeader(new ExportHeader(0, rows, rows, 0, 0, null));
        var details = JsonSerializer.SerializeToElement(new { budget = "chat-month", cap = "20.00", posted = "19.99", held = "0.01", asked = "0.42", period = "2026-11", model = "claude-haiku-4-5" });
        for (var chain = 0; chain < Chains; chain++)
        {
            var count = (rows / Chains) + (chain < rows % Chains ? 1 : 0);
            var told = new AuditEvent
            {
                Chain = $"project-{chain}",
                Category = AuditCategory.Blocked,
                Action = "call.refused",
                Actor = new Actor(ActorKind.Key, "first-key"),
                Project = $"project-{chain}",
                TargetKind = "budget",
                TargetId = "chat-month",
                Sentence = "Refused: $0.42 would not fit into the $0.00 that are left of chat-month in November 2026.",
                RequestId = "req_0123456789abc",
                Details = details,
            };
            var previous = new byte[32];
            for (var i = 1; i <= count; i++)
            {
                var body = AuditChain.Body(told, i, 1_790_000_000_000 + i);
                var hash = AuditChain.Link(told.Chain, i, previous, body);
                writer.WriteEvent(told.Chain, i, previous, hash, body);
                previous = hash;
            }
        }
        writer.Complete();
    }
}
