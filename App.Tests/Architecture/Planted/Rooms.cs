// Violations of the order of rooms, one for each way in which a type can mention another. RoomTests expects each by name.
#pragma warning disable CA1031, CA1810, CA2211, CS0067, CS0649, CS1998, IDE0044, IDE0051, IDE0052, IDE0060

namespace Governance.Planted
{
    sealed class GovernanceDb;

    readonly struct Money;

    sealed class Secret;
}

namespace Governance.Planted.Ledger
{
    abstract class Entry;

    interface IEntry;

    sealed class EntryException : Exception;

    struct EntryId;

    [AttributeUsage(AttributeTargets.All)]
    sealed class EntryAttribute(Type? kind = null) : Attribute
    {
        public Type? Kind { get; } = kind;
    }

    static class Entries
    {
        public const int Limit = 3;
        public static int Count;
        public static void Write() => Count++;
        public static T Read<T>() where T : new() => new();
    }

    namespace Rollups
    {
        static class Rollup
        {
            public static void Write() => Entries.Write();
        }
    }

    sealed class LooksLeft
    {
        public Pricing.Price? Price { get; init; }
        public GovernanceDb? Tables { get; init; }
        public Money Amount { get; init; }
        public Rollups.Deep? Own { get; init; }
    }
}

namespace Governance.Planted.Ledger.Rollups
{
    sealed class Deep;
}

namespace Governance.Planted.Cellar
{
    sealed class InNoRoom;
}

namespace Governance.Planted.Pricing
{
    using Governance.Planted.Ledger;

    sealed class Price;

    sealed class AsBase : Entry;

    sealed class AsInterface : IEntry;

    sealed class AsField
    {
        readonly Entry? _entry;
        public override string ToString() => $"{_entry is null}";
    }

    sealed class AsProperty
    {
        public EntryId[]? Ids { get; init; }
    }

    static class AsParameter
    {
        public static void Price(in EntryId id) => _ = 0;
    }

    static class AsResult
    {
        public static IEntry? Price() => null;
    }

    sealed class AsEvent
    {
        public event Action<EntryId>? Priced;
    }

    [Entry]
    sealed class AsAttribute;

    sealed class AsMemberAttribute
    {
        [Entry]
        public int Price { get; init; }
    }

    sealed class AsAttributeArgument
    {
        [System.ComponentModel.DefaultValue(typeof(EntryId), "")]
        public int Price { get; init; }
    }

    sealed class AsConstraint<T> where T : Entry;

    sealed class AsGenericArgument : List<Dictionary<int, EntryId>>;

    static class AsCall
    {
        public static void Price() => Entries.Write();
    }

    static class AsStaticField
    {
        public static int Price() => Entries.Count;
    }

    static class AsGenericCall
    {
        public static object Price() => Enumerable.Empty<EntryId>();
    }

    static class AsTypeof
    {
        public static string Price() => typeof(IEntry).Name;
    }

    static class AsCatch
    {
        public static void Price()
        {
            try { Thread.Yield(); } catch (EntryException) { }
        }
    }

    static class AsTest
    {
        public static bool Price(object value) => value is IEntry;
    }

    static class InSubNamespace
    {
        public static void Price() => Ledger.Rollups.Rollup.Write();
    }

    static class InConstructor
    {
        static readonly int s_count;
        static InConstructor() => s_count = Entries.Count;
        public static int Price() => s_count;
    }

    static class InLambda
    {
        public static Action Price(int count) => () => { for (var i = 0; i < count; i++) { Entries.Write(); } };
    }

    static class InAsync
    {
        public static async Task Price()
        {
            await Task.Yield();
            Entries.Write();
        }
    }

    static class InIterator
    {
        public static IEnumerable<int> Price()
        {
            yield return Entries.Count;
        }
    }

    static class InNested
    {
        static class Inner
        {
            public static void Price() => Entries.Write();
        }
    }

    static class AfterSwitch
    {
        // The jump table stands between the opcode and what follows it: a scanner that misreads its length misses the call.
        public static void Price(int kind)
        {
            switch (kind)
            {
                case 0: Console.Write("a"); break;
                case 1: Console.Write("b"); break;
                case 2: Console.Write("c"); break;
                case 3: Console.Write(1e300 + long.MaxValue); break;
                default: Entries.Write(); break;
            }
        }
    }

    sealed class OfRoot
    {
        public Secret? Secret { get; init; }
    }
}
