using Governance.Integrity;
using Microsoft.Extensions.Logging;
using HangfireLevel = Hangfire.Logging.LogLevel;

namespace Governance.Tests.Integrity;

public sealed class JobLogTests
{
    [Fact]
    public void WhatIsSaidAfterTheHostsLogWasClosedIsLeftOut()
    {
        var factory = LoggerFactory.Create(_ => { });
        var log = new JobLog(factory);
        factory.Dispose();
        Assert.False(log.GetLogger("Late").Log(HangfireLevel.Error, () => "late", null));
    }
}
