using Governance.Audit;
using Governance.Ledger;
using Governance.Ledger.Entries;
using Governance.Ledger.FailOpen;
using Governance.Pricing;
using Governance.Projects;

namespace Governance.Tests.Ledger.FailOpen;

/// <summary>The file that keeps what was let through: whole lines come back as they went in, a torn last one was never answered, a broken one in between is said.</summary>
public sealed class OpenWindowFileTests : IDisposable
{
    readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("governance-window-");

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var path = Written(file =>
        {
            file.Append(new WindowLine { Call = Call(1), Told = Event() }, durable: true);
            file.Append(new WindowLine { Call = Call(2) }, durable: true);
            file.Append(new WindowLine { Ended = 1, Result = Result(UsageOutcome.Posted), Told = Event() }, durable: false);
        });
        var (calls, damaged) = OpenWindowFile.Read(path);
        Assert.False(damaged);
        Assert.Equal([Call(1), Call(2)], calls.Select(call => call.Call));
        Assert.Equal(Result(UsageOutcome.Posted), calls[0].Result);
        Assert.Equal(Event().Sentence, calls[0].Told!.Sentence);
        Assert.Equal(Event().Sentence, calls[0].ResultTold!.Sentence);
        Assert.Null(calls[1].Result);
    }

    [Theory]
    [InlineData("{\"call\":{\"id\":{\"val", 1, false)]
    [InlineData("{\"call\":{\"id\":{\"val\n", 1, true)]
    [InlineData("null\n", 1, true)]
    [InlineData("{}\n", 1, true)]
    [InlineData("{\"call\":{\"id\":{\"value\":7},\"for\":null,\"model_asked\":\"m\"}}\n", 1, true)]
    [InlineData("{\"call\":{\"id\":{\"value\":-7},\"for\":{\"project\":\"p\",\"key\":\"k\"},\"model_asked\":\"m\"}}\n", 1, true)]
    [InlineData("{\"ended\":1,\"result\":{\"outcome\":99,\"end\":\"odd\"}}\n", 1, true)]
    [InlineData("", 1, false)]
    public void OnlyALastLineMayBeTorn(string more, int calls, bool damaged)
    {
        var path = Written(file => file.Append(new WindowLine { Call = Call(1) }, durable: true));
        File.AppendAllText(path, more);
        var read = OpenWindowFile.Read(path);
        Assert.Equal((calls, damaged), (read.Calls.Count, read.Damaged));
    }

    [Fact]
    public void AFileThatALivingProcessHoldsIsNotTaken()
    {
        using (var held = OpenWindowFile.Create(folder.FullName))
        {
            held.Append(new WindowLine { Call = Call(1) }, durable: true);
            Assert.Empty(OpenWindowFile.LeftIn(folder.FullName));
        }
        Assert.Single(OpenWindowFile.LeftIn(folder.FullName));
    }

    public void Dispose() => folder.Delete(recursive: true);

    string Written(Action<OpenWindowFile> write)
    {
        using var file = OpenWindowFile.Create(folder.FullName);
        write(file);
        return file.Path;
    }

    static LedgerCall Call(long id) => new()
    {
        Id = new CallId(id),
        For = new Attribution { Project = "chat-widget", Key = "key-1", Model = "claude-haiku-4-5", Vendor = "anthropic" },
        ModelAsked = "",
        Estimate = Money.FromUsd(0.5m),
    };

    static CallResult Result(UsageOutcome outcome) => new() { Outcome = outcome, Cost = Money.FromUsd(0.25m), Usage = new TokenUsage { InputTokens = 3, OutputTokens = 4 }, Flags = UsageFlags.FailOpen, Status = 200, End = "Completed" };

    static AuditEvent Event() => new()
    {
        Chain = "chat-widget", Category = AuditCategory.Change, Action = "x", Actor = Actor.System, TargetKind = "call", TargetId = "x", Sentence = "Something happened.", Details = AuditJson.Element(new { a = 1 }),
    };
}
