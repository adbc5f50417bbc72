using Governance.Gateway;

namespace Governance.Tests.Gateway;

public sealed class SessionNameTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("user_1", "user_1")]
    [InlineData("{\"session_id\":\"s-1\"}", "s-1")]
    [InlineData("{\"session_id\":1}", "{\"session_id\":1}")]
    [InlineData("s\0x", "s\uFFFDx")]
    [InlineData("s\u001bx\u0085", "s\uFFFDx\uFFFD")]
    [InlineData("Jürgen 😀", "Jürgen 😀")]
    public void ASessionHasOneNameInEveryStore(string? userId, string? name) => Assert.Equal(name, CallerIdentity.SessionOf(userId));

    [Fact]
    public void APairIsNotCutInHalf()
    {
        var name = CallerIdentity.SessionOf(new string('x', 127) + "😀")!;
        Assert.Equal(new string('x', 127) + "\uFFFD", name);
        Assert.Equal("a\uFFFD", CallerIdentity.SessionOf("a" + '\uD83D'));
    }
}
