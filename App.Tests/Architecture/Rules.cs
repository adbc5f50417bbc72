using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace Governance.Tests.Architecture;

/// <summary>The rules that are read from compiled types. Each answers with its violations as sentences; none means that it holds.</summary>
static partial class Rules
{
    /// <summary>A room mentions only itself and rooms before it, and of the root namespace only the table list, <c>[Pure]</c> and <c>Money</c>.</summary>
    public static IEnumerable<string> LooksRight(IEnumerable<Type> types, string root, string[] rooms)
    {
        foreach (var type in types.Where(type => !IsCompositionRoot(type, root)))
        {
            var room = RoomOf(type, root);
            if (!rooms.Contains(room))
            {
                yield return $"{type.FullName} is in no room: '{room}' is not in House.Rooms";
                continue;
            }
            foreach (var other in Mentions.Of(type).Select(mention => House.Outermost(mention.Type)).Where(other => House.IsWithin(other, root)).Distinct())
            {
                var isRoot = other.Namespace == root;
                if (isRoot && !IsForAll(other))
                {
                    yield return $"{type.FullName} mentions {other.FullName} of the root namespace";
                }
                else if (!isRoot && Array.IndexOf(rooms, RoomOf(other, root)) is var at && (at < 0 || at > Array.IndexOf(rooms, room)))
                {
                    yield return $"{type.FullName} mentions {other.FullName}, and {room} stands before {RoomOf(other, root)}";
                }
            }
        }
    }

    /// <summary>No page or component mentions the table list.</summary>
    public static IEnumerable<string> PagesWithTables(IEnumerable<Type> types) =>
        from type in types
        from part in Mentions.WithNested(type)
        where typeof(IComponent).IsAssignableFrom(part) && Mentions.Of(part).Any(mention => mention.Type.Name == "GovernanceDb")
        select $"{part.FullName} mentions GovernanceDb";

    /// <summary>Clients of the outside are constructed only where every call passes the address check.</summary>
    public static IEnumerable<string> OutsideCalls(IEnumerable<Type> types, string[] allowed) =>
        from type in types
        where !allowed.Contains(type.FullName)
        from mention in Mentions.Of(type)
        where (mention.Constructs && (typeof(HttpMessageInvoker).IsAssignableFrom(mention.Type) || typeof(HttpMessageHandler).IsAssignableFrom(mention.Type)))
            || mention.Type.FullName is "System.Net.Http.IHttpClientFactory" or "System.Net.WebClient" or "System.Net.WebRequest"
        select $"{type.FullName} opens its own way out with {mention.Type.Name}";

    /// <summary>Scripts of the browser are asked where a browser that has gone is expected.</summary>
    public static IEnumerable<string> BrowserCalls(IEnumerable<Type> types, string[] allowed) =>
        from type in types
        where !allowed.Contains(type.FullName) && Mentions.Of(type).Any(mention => mention.Type.FullName is
            "Microsoft.JSInterop.IJSObjectReference" or "Microsoft.JSInterop.JSRuntimeExtensions" or "Microsoft.JSInterop.JSObjectReferenceExtensions" or "Microsoft.AspNetCore.Components.ElementReferenceExtensions")
        select $"{type.FullName} asks the browser by itself; ScriptModule and ElementFocus expect that it may be gone";

    /// <summary>Rows that are written once exist as soon as there are tables, and have no settable property and no field that can be changed.</summary>
    public static IEnumerable<string> ChangeableRows(IReadOnlyList<Type> types, string[] rows)
    {
        var hasTables = types.Any(type => type.Name == "GovernanceDb");
        foreach (var name in rows)
        {
            var row = types.FirstOrDefault(type => type.FullName == name);
            if (row is null && hasTables)
            {
                yield return $"{name} does not exist";
            }
            const BindingFlags Instance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
            foreach (var property in row?.GetProperties(Instance).Where(IsSettable) ?? [])
            {
                yield return $"{name}.{property.Name} is settable";
            }
            foreach (var field in row?.GetFields(Instance).Where(field => !field.IsInitOnly && !field.Name.StartsWith('<')) ?? [])
            {
                yield return $"{name}.{field.Name} is a changeable field";
            }
        }
    }

    /// <summary>Classes are sealed, static or abstract.</summary>
    public static IEnumerable<string> OpenClasses(IEnumerable<Type> types) =>
        from type in Written(types)
        where type.IsClass && !type.IsSealed && !type.IsAbstract && !House.IsRazor(type)
        select $"{type.FullName} is neither sealed, static nor abstract";

    /// <summary>An interface earns its place with a second implementation.</summary>
    public static IEnumerable<string> LonelyInterfaces(IReadOnlyList<Type> types)
    {
        var written = Written(types).ToList();
        return from type in written
               where type.IsInterface
               let count = written.Count(other => !other.IsInterface && !other.IsAbstract && other.GetInterfaces().Any(each => SameDefinition(each, type)))
               where count < 2
               select $"{type.FullName} has {count} implementation(s): a class or a delegate does";
    }

    /// <summary>A name says what a thing is.</summary>
    public static IEnumerable<string> EmptyNames(IEnumerable<Type> types) =>
        from type in Written(types)
        where EmptyName().IsMatch(type.Name)
        select $"{type.FullName} has a name that says nothing";

    static IEnumerable<Type> Written(IEnumerable<Type> types) =>
        types.SelectMany(Mentions.WithNested).Where(type => House.IsWritten(type) && !House.IsMigration(House.Outermost(type)));

    static bool IsCompositionRoot(Type type, string root) =>
        !House.IsWritten(type) || (type.Namespace == root && (IsForAll(type) || type.Name == "_Imports")) || House.IsWithin(type, root + ".Migrations");

    /// <summary>What every room may mention of the root namespace.</summary>
    static bool IsForAll(Type type) => type.Name is "GovernanceDb" or nameof(PureAttribute) or nameof(Money);

    static string RoomOf(Type type, string root) =>
        type.Namespace == root ? "" : type.Namespace![(root.Length + 1)..].Split('.')[0];

    static bool IsSettable(PropertyInfo property) =>
        property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    static bool SameDefinition(Type left, Type right) => (left.IsGenericType ? left.GetGenericTypeDefinition() : left) == right;

    [GeneratedRegex("(Manager|Helper|Util|Service|Model|Dto|Info|Data)s?(`[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex EmptyName();
}
