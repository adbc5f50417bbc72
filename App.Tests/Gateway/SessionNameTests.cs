using Governance.Gateway;
using Governance.Gateway.Surfaces;

namespace Governance.Tests.Gateway;

public sealed class SessionNameTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("user_1", "user_1")]
    [InlineData("{\"session_id\":\"s-1\"}", "s-1")]
    [InlineData("{\"session_id\":1}", "{\"session_id\":1}")]
    [InlineData("{\"session_id\":\"\\ud83d\"}", "{\"session_id\":\"\\ud83d\"}")]
    [InlineData("Jürgen 😀", "Jürgen 😀")]
    public void ASessionIsNamedByItsIdOrElseByTheWholeText(string? userId, string? name) => Assert.Equal(name, CallerIdentity.SessionOf(userId));

    /// <summary>What two calls are told apart by is never cut, replaced or dropped.</summary>
    [Fact]
    public void ALongNameStaysWholeUpToItsLimitAndIsRefusedAboveIt()
    {
        var longest = new string('x', CallHeaders.MaxSessionLength);
        Assert.Equal(longest, CallerIdentity.SessionOf(longest));
        Assert.Null(CallHeaders.NameFault("metadata.user_id", longest, CallHeaders.MaxSessionLength));
        Assert.Equal("metadata.user_id: the name has 513 characters, more than the limit of 512; send a shorter one.", CallHeaders.NameFault("metadata.user_id", longest + "y", CallHeaders.MaxSessionLength)?.Message);
    }

    [Theory]
    [InlineData("s\0x")]
    [InlineData("s\u001bx")]
    [InlineData("s\u0085")]
    public void AControlCharacterIsRefusedRatherThanReplaced(string name) =>
        Assert.Contains("control character", CallHeaders.NameFault("metadata.user_id", name, CallHeaders.MaxSessionLength)?.Message, StringComparison.Ordinal);
}
