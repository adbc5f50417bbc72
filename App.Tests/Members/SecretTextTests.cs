using Governance.Gateway.Upstreams.Sandbox;
using Governance.Members;
using Governance.Projects;
using Governance.Tests.Architecture;

namespace Governance.Tests.Members;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("sk-ant-1", "sk-ant-1")]
    [InlineData("sk-ant-1\n", "sk-ant-1")]
    [InlineData("\r\n \tsk-ant-1 \r\n", "sk-ant-1")]
    [InlineData("\u00a0sk-ant-1\u2028", "sk-ant-1")]
    public void WhatStandsAroundAKeyIsNoPartOfIt(string given, string kept)
    {
        Assert.Equal(kept, SecretText.Key(given, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData("", "is empty")]
    [InlineData(" \r\n", "nothing but blanks")]
    [InlineData("sk-ant\nx-evil: 1", "a line break inside")]
    [InlineData("sk-ant\rx", "a line break inside")]
    [InlineData("sk-ant\u0085x", "a line break inside")]
    [InlineData("sk ant", "a blank inside")]
    [InlineData("sk\tant", "a control character inside")]
    [InlineData("sk\0ant", "a control character inside")]
    [InlineData("sk-änt", "not ASCII")]
    [InlineData("sk\u00a0ant", "not ASCII")]
    [InlineData("sk\u200bant", "not ASCII")]
    [InlineData("\ufeffsk-ant", "not ASCII")]
    public void AKeyThatNoHeaderCanCarryIsNone(string? given, string says)
    {
        Assert.Null(SecretText.Key(given, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("ant", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct horse bättery\r\n", "correct horse bättery")]
    [InlineData("\n two blanks around \n", " two blanks around ")]
    public void APassphraseKeepsItsBlanksAndLetters(string given, string kept) => Assert.Equal(kept, SecretText.Passphrase(given, out _));

    [Theory]
    [InlineData(null, "is not set")]
    [InlineData("", "is empty")]
    [InlineData("  \n", "nothing but blanks")]
    [InlineData("first line\nsecond line", "a line break inside")]
    [InlineData("tab\tinside", "a control character inside")]
    public void APassphraseThatNobodyCanTypeIsNone(string? given, string says)
    {
        Assert.Null(SecretText.Passphrase(given, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AVirtualKeyIsReadWithoutTheLineBreakBehindIt()
    {
        var secret = KeySecret.Create();
        Assert.Equal(secret.Text, KeySecret.Parse(secret.Text + "\r\n")?.Text);
        Assert.Null(KeySecret.Parse(secret.Text[..20] + " " + secret.Text[20..]));
        Assert.Null(KeySecret.Parse(secret.Text + "é"));
    }

    /// <summary>Elsewhere a value would come in as it is, line break and all.</summary>
    [Fact]
    public void VariablesAreReadInOnePlace() =>
        Assert.Equal(["Journal/CrashPoint.cs", "Members/EnvironmentSecret.cs"], Sources.OfApp().Where(file => file.Text.Contains("Environment.GetEnvironmentVariable", StringComparison.Ordinal)).Select(file => file.Path));
}
