using System.Reflection;

namespace Governance.Tests.Architecture;

/// <summary>Holds <c>[Pure]</c> to its word: values in, value out.</summary>
static class Purity
{
    /// <summary>Namespaces that reach out of the process or into the frameworks around it.</summary>
    static readonly string[] s_foreign =
    [
        "Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore", "Microsoft.Extensions", "Microsoft.Data", "Microsoft.JSInterop",
        "System.Net", "System.IO", "System.Data", "System.Diagnostics.Metrics", "Hangfire", "MailKit", "MimeKit", "Radzen",
    ];

    /// <summary>Types of such a namespace that are values all the same.</summary>
    static readonly string[] s_values = ["System.Net.IPAddress", "System.Net.IPNetwork"];

    /// <summary>Types that are a clock, a die or a way out as a whole.</summary>
    static readonly string[] s_restless =
    [
        "System.TimeProvider", "System.Random", "System.Console", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process",
        "System.Security.Cryptography.RandomNumberGenerator", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Thread",
    ];

    /// <summary>Members that are one, on types that otherwise are values.</summary>
    static readonly string[] s_restlessMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Environment.GetEnvironmentVariable",
        "System.TimeZoneInfo.get_Local", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Threading.Tasks.Task.Delay",
    ];

    /// <summary>What the pure among <paramref name="types"/> mention and may not.</summary>
    public static IEnumerable<string> Broken(IEnumerable<Type> types, string root) =>
        from type in types.SelectMany(Mentions.WithNested)
        where type.IsDefined(typeof(PureAttribute), inherit: false)
        from mention in Mentions.Of(type)
        let reason = Objection(mention, root)
        where reason is not null
        select $"{type.FullName} is [Pure] and mentions {Name(mention)}: {reason}";

    static string? Objection(Mention mention, string root)
    {
        var (type, member, _) = mention;
        if (House.IsWithin(type, root))
        {
            return MayBeMentioned(type) ? null : "neither [Pure] nor a record, struct or enum";
        }
        if (s_foreign.Any(each => House.IsWithin(type, each)) && !s_values.Contains(type.FullName))
        {
            return "it leads out of the decision";
        }
        return s_restless.Contains(type.FullName) || (member is not null && s_restlessMembers.Contains($"{type.FullName}.{member.Name}"))
            ? "its answer is not a function of what was passed in"
            : null;
    }

    static bool MayBeMentioned(Type type) =>
        type.IsValueType || type == typeof(PureAttribute) || !House.IsWritten(type) || IsRecord(type) || IsPure(type);

    static bool IsPure(Type type) => type.IsDefined(typeof(PureAttribute), inherit: false) || (type.DeclaringType is { } owner && IsPure(owner));

    static bool IsRecord(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance) is not null;

    static string Name(Mention mention) => mention.Member is null ? mention.Type.FullName! : $"{mention.Type.FullName}.{mention.Member.Name}";
}
