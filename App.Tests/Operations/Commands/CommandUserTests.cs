using Governance.Operations.Commands;

namespace Governance.Tests.Operations.Commands;

/// <summary>Whom the trail names for a command.</summary>
public sealed class CommandUserTests
{
    [Theory]
    [InlineData(null, "governance")]
    [InlineData("", "governance")]
    [InlineData("governance", "governance")]
    [InlineData("maria", "maria (as governance)")]
    [InlineData("ACME\\maria.o@acme.test", "ACME\\maria.o@acme.test (as governance)")]
    [InlineData("maria\nroot", "governance")]
    [InlineData("maria and others", "governance")]
    public void WhoBecameAnotherUserIsNamedWithIt(string? before, string told) => Assert.Equal(told, CommandUser.Of(before, "governance"));
}
