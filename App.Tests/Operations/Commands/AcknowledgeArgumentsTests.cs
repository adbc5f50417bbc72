using System.CommandLine;
using Governance.Documents;
using Governance.Members;
using Governance.Operations.Commands;

namespace Governance.Tests.Operations.Commands;

public sealed class AcknowledgeArgumentsTests
{
    [Theory]
    [InlineData("--spent-since-backup 1.75", "1.75", "")]
    [InlineData("--spent-since-backup=0", "0.00", "")]
    [InlineData("--spent-since-backup 3 --project a=1 --project=b=2", "3.00", "a=1.00 b=2.00")]
    [InlineData("--project b=2 --spent-since-backup=3 --project a=1", "3.00", "b=2.00 a=1.00")]
    [InlineData("--project a=1.25 --project b=0", "1.25", "a=1.25 b=0.00")]
    [InlineData("--spent-since-backup 3 --project a", "3.00", "a=3.00")]
    [InlineData("--spent-since-backup 3 --Governance:Journal:Folder=/data --urls http://localhost:1", "3.00", "")]
    [InlineData("--ConnectionStrings:Governance x.db --spent-since-backup 3", "3.00", "")]
    public void WhatIsSaidIsRead(string args, string whole, string named)
    {
        var said = AcknowledgeCommand.Read(Parse(args));
        Assert.Null(said.Problem);
        Assert.Equal((whole, named), (said.Whole.ToPlain(), string.Join(' ', said.Named.Select(part => $"{part.Project}={part.Amount.ToPlain()}"))));
    }

    [Theory]
    [InlineData("", "not said what was spent")]
    [InlineData("--spent-since-backup", "is no amount")]
    [InlineData("--spent-since-backup --project a=1", "is no amount")]
    [InlineData("--spent-since-backup much", "'much' is no amount")]
    [InlineData("--spent-since-backup -1", "is no amount")]
    [InlineData("--spent-since-backup 1,5", "is no amount")]
    [InlineData("--spent-since-backup 1e3", "is no amount")]
    [InlineData("--spent-since-backup NaN", "is no amount")]
    [InlineData("--spent-since-backup 0.0000000001", "is no amount")]
    [InlineData("--spent-since-backup 2000000000", "is no amount")]
    [InlineData("--spent-since-backup 1 --spent-since-backup 2", "is said once")]
    [InlineData("--spent-since-backup 1 --project", "names a project")]
    [InlineData("--spent-since-backup 1 --project =1", "names a project")]
    [InlineData("--spent-since-backup 1 --project a=", "is no amount")]
    [InlineData("--spent-since-backup 1 --project a=-1", "is no amount")]
    [InlineData("--spent-since-backup 1 --project a=much", "'much' is no amount")]
    [InlineData("--spent-since-backup 3 --project a --project b=1", "--project a needs its amount")]
    [InlineData("--project a", "--project a needs its amount")]
    public void WhatCannotBeMeantIsSaidWithTheUsage(string args, string says)
    {
        var said = AcknowledgeCommand.Read(Parse(args));
        Assert.Contains(says, said.Problem, StringComparison.Ordinal);
        Assert.Contains("App acknowledge --spent-since-backup <usd>", said.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--spent-since-backup 3 --projct a=3", "'--projct' is nothing that can be said here; did you mean '--project'?")]
    [InlineData("--spent-since-backup 3 a=3", "'a=3' is nothing that can be said here")]
    [InlineData("12.50", "'12.50' is nothing that can be said here")]
    public void WordsThatNobodyKnowsAreNamed(string args, string says) =>
        Assert.Contains(CommandFaults.Of(Parse(args)), fault => fault.Contains(says, StringComparison.Ordinal));

    static ParseResult Parse(string args)
    {
        var said = HostArguments.Split(["acknowledge", .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries)], new HashSet<string>());
        Assert.Null(said.Problem);
        return CommandLine.Parse(said.Words, new CommandContext(said.Settings));
    }
}
