using System.Net;
using Governance.Documents.Text;
using Governance.Gateway.Upstreams;

namespace Governance.Tests.Gateway.Upstreams;

public sealed class OutboundAddressTests
{
    /// <summary>Both ends and the middle of every network of IANA's special-purpose registries that is not globally reachable, and what is neither given out nor one machine's.</summary>
    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("2001:0:808:808:0:0:f7f7:f7f7")]
    [InlineData("2001:1::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:808:808::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    public void AReservedAddressIsNotOutInTheWorldButMayBeMeant(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal((false, false), (OutboundAddress.IsPublic(address), OutboundAddress.IsForbidden(address)));
    }

    /// <summary>Where clouds keep the machine's own credentials, and what no machine has, in every way to write it.</summary>
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("169.254.170.23")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("::")]
    [InlineData("ff02::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd00:ec2::23")]
    [InlineData("fd20:ce::254")]
    [InlineData("fd00:c1::a9fe:a9fe")]
    [InlineData("fd00:42::42")]
    [InlineData("fe80::a9fe:a9fe")]
    [InlineData("fe80::a9fe:a9fe%2")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::169.254.169.254")]
    [InlineData("::ffff:0:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2001:0:a9fe:a9fe::1")]
    [InlineData("2001:0:808:808:0:0:5601:5601")]
    public void NoUpstreamMayBeWhereCredentialsLieOrNobodyAnswers(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal((false, true), (OutboundAddress.IsPublic(address), OutboundAddress.IsForbidden(address)));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.32.0.1")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.175.48.1")]
    [InlineData("192.88.98.1")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2001:200::1")]
    [InlineData("2606:4700::1")]
    [InlineData("2a00:1450::1")]
    [InlineData("3ffe::1")]
    public void EverythingElseIsOutInTheWorld(string text)
    {
        var address = IPAddress.Parse(text);
        Assert.Equal((true, false), (OutboundAddress.IsPublic(address), OutboundAddress.IsForbidden(address)));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://0/")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://255.255.255.255")]
    [InlineData("http://224.0.0.1")]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://2852039166")]
    [InlineData("http://0xa9fea9fe")]
    [InlineData("http://[::ffff:169.254.169.254]")]
    [InlineData("http://[fd00:ec2::254]")]
    [InlineData("http://100.100.100.200")]
    [InlineData("http://168.63.129.16")]
    [InlineData("http://metadata.google.internal")]
    [InlineData("http://METADATA.google.internal.")]
    [InlineData("http://metadata/computeMetadata")]
    public void SuchAnAddressIsRefusedWhenItIsSavedEvenInAPrivateNetwork(string written)
    {
        Assert.NotNull(UpstreamAddress.Problem(written, privateNetwork: true));
        var read = DocumentReader.Read($"apiVersion: governance/v1\nupstreams: [{{ id: u, kind: anthropic, base_url: \"{written}\", allow_private_network: true }}]");
        Assert.Equal("upstreams[0].base_url", Assert.Single(Assert.IsType<DocumentRejected>(read).Problems).Path);
    }
}
