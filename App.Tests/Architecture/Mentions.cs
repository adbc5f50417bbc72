using System.Reflection;
using System.Reflection.Emit;

namespace Governance.Tests.Architecture;

/// <summary>One thing that a type names: another type, the member of it that is used if any, and whether it is constructed.</summary>
sealed record Mention(Type Type, MemberInfo? Member = null, bool Constructs = false);

/// <summary>Everything that a type mentions: bases, interfaces, members, attributes, generic arguments and constraints, method bodies.</summary>
/// <remarks>State machines and closures are nested types of their own; <see cref="Of"/> includes them. Constants and <c>nameof</c> leave no trace in IL.</remarks>
static class Mentions
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>What <paramref name="type"/> and every type nested in it mention, each thing once.</summary>
    public static IReadOnlyCollection<Mention> Of(Type type)
    {
        var found = new HashSet<Mention>();
        foreach (var part in WithNested(type))
        {
            Declaration(part, found);
            foreach (var member in part.GetMembers(All).Where(member => member is not Type))
            {
                Member(member, found);
            }
        }
        return found;
    }

    public static IEnumerable<Type> WithNested(Type type) => type.GetNestedTypes(All).SelectMany(WithNested).Prepend(type);

    static void Declaration(Type type, HashSet<Mention> found)
    {
        Add(type.BaseType, found);
        foreach (var each in type.GetInterfaces())
        {
            Add(each, found);
        }
        Constraints(type.GetGenericArguments(), found);
        Attributes(type.CustomAttributes, found);
    }

    static void Member(MemberInfo member, HashSet<Mention> found)
    {
        Attributes(member.CustomAttributes, found);
        switch (member)
        {
            case FieldInfo field:
                Add(field.FieldType, found);
                break;
            case PropertyInfo property:
                Add(property.PropertyType, found);
                break;
            case EventInfo happening:
                Add(happening.EventHandlerType, found);
                break;
            case MethodBase method:
                Signature(method, found);
                Body(method, found);
                break;
        }
    }

    static void Signature(MethodBase method, HashSet<Mention> found)
    {
        foreach (var parameter in method.GetParameters())
        {
            Add(parameter.ParameterType, found);
            Attributes(parameter.CustomAttributes, found);
        }
        if (method is MethodInfo function)
        {
            Add(function.ReturnType, found);
            Attributes(function.ReturnParameter.CustomAttributes, found);
            Constraints(function.GetGenericArguments(), found);
        }
    }

    static void Body(MethodBase method, HashSet<Mention> found)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }
        foreach (var local in body.LocalVariables)
        {
            Add(local.LocalType, found);
        }
        foreach (var clause in body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause))
        {
            Add(clause.CatchType, found);
        }
        var typeArguments = method.DeclaringType is { } owner ? owner.GetGenericArguments() : [];
        var methodArguments = method is MethodInfo ? method.GetGenericArguments() : [];
        foreach (var (code, token) in Tokens(body.GetILAsByteArray() ?? []))
        {
            Use(method.Module.ResolveMember(token, typeArguments, methodArguments), code == OpCodes.Newobj, found);
        }
    }

    static IEnumerable<(OpCode Code, int Token)> Tokens(byte[] body)
    {
        for (var at = 0; at < body.Length;)
        {
            var code = body[at] == 0xFE ? s_opCodes[(short)(0xFE00 | body[at + 1])] : s_opCodes[body[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return (code, BitConverter.ToInt32(body, at));
            }
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(body, at),
                _ => 4,
            };
        }
    }

    static void Use(MemberInfo? member, bool constructs, HashSet<Mention> found)
    {
        if (member is Type type)
        {
            Add(type, found);
            return;
        }
        if (member?.DeclaringType is { } owner)
        {
            found.Add(new Mention(Definition(owner), member, constructs));
            Add(owner, found);
        }
        if (member is MethodInfo { IsGenericMethod: true } method)
        {
            foreach (var argument in method.GetGenericArguments())
            {
                Add(argument, found);
            }
        }
    }

    static void Attributes(IEnumerable<CustomAttributeData> attributes, HashSet<Mention> found)
    {
        foreach (var attribute in attributes)
        {
            Add(attribute.AttributeType, found);
            foreach (var argument in attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(named => named.TypedValue)))
            {
                Argument(argument, found);
            }
        }
    }

    static void Argument(CustomAttributeTypedArgument argument, HashSet<Mention> found)
    {
        Add(argument.ArgumentType, found);
        if (argument.Value is Type type)
        {
            Add(type, found);
        }
        foreach (var element in argument.Value as IEnumerable<CustomAttributeTypedArgument> ?? [])
        {
            Argument(element, found);
        }
    }

    static void Constraints(Type[] parameters, HashSet<Mention> found)
    {
        foreach (var constraint in parameters.Where(parameter => parameter.IsGenericParameter).SelectMany(parameter => parameter.GetGenericParameterConstraints()))
        {
            Add(constraint, found);
        }
    }

    static void Add(Type? type, HashSet<Mention> found)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }
        if (type.HasElementType)
        {
            Add(type.GetElementType(), found);
            return;
        }
        // A constraint may name its own type (T : IComparable<T>): a definition's arguments are parameters and end here.
        found.Add(new Mention(Definition(type)));
        foreach (var argument in type.IsGenericType ? type.GetGenericArguments() : [])
        {
            Add(argument, found);
        }
    }

    static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
