// Types that a variant interface's shadow answers for as the interface itself does.
//
// A class may implement a variant interface more than once, IHandler<Event> and IHandler<Order>, and woven, unwoven, and base classes may have
// one each. A call by IHandler<Order> takes the implementation of exactly that, however it is woven; else that of a compatible one. The shadow has
// variance, too, so that calls by a compatible interface suspend, but not every implementation has a shadow: the shadow of IHandler<Event> would
// answer where IHandler<Order> is implemented without one. So a shadow counts if
//
//   the type implements exactly the interface of the call, and exactly its shadow; or
//   it implements one compatible interface only: there is nothing to choose, and the shadow that was found is of that one.
//
// Everything else is called plainly. The answer yes is kept as Unshadowed keeps noes, which see: one more compare, for variant interfaces only. Of
// types that can be unloaded it is not kept: another type may lie there later.

using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>The rule itself, for contracts and shadows.</summary>
internal static class Variants
{
    /// <summary>Can a call by the interface reach implementations of one interface only?</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "An interface that was trimmed answers for nothing.")]
    internal static bool IsSettled(Type of, Type contract)
    {
        if (!contract.IsGenericType || !Array.Exists(contract.GetGenericTypeDefinition().GetGenericArguments(), p => (p.GenericParameterAttributes & System.Reflection.GenericParameterAttributes.VarianceMask) != 0))
            return true;
        var compatible = 0;
        foreach (var i in of.GetInterfaces())
            if (i == contract || i.IsGenericType && contract.IsAssignableFrom(i))
                compatible++;
        return compatible == 1;
    }
}

/// <summary>Types that were found to agree; see the file head.</summary>
/// <typeparam name="TContract">The interface.</typeparam>
/// <typeparam name="TShadow">Its shadow.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven, StackTraceHidden]
public static unsafe class Variants<TContract, TShadow>
    where TContract : class
    where TShadow : class
{
    private static readonly byte* s_types = KeyTable.New(Unshadowed<TShadow>.SlotBits);

    /// <summary>Does the shadow, which the receiver implements, answer as the interface does?</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Agree(object receiver)
    {
        var type = Unshadowed<TShadow>.MethodTable(receiver);
        return KeyTable.At(s_types, Unshadowed<TShadow>.SlotBits, type) == type || AgreeSlow(receiver);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Woven assemblies are kept whole.")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AgreeSlow(object receiver)
    {
        var of = receiver.GetType();
        var interfaces = of.GetInterfaces();
        var agrees = Array.IndexOf(interfaces, typeof(TContract)) >= 0 && Array.IndexOf(interfaces, typeof(TShadow)) >= 0 || Variants.IsSettled(of, typeof(TContract));
        if (agrees && !of.IsCollectible)
        {
            var type = Unshadowed<TShadow>.MethodTable(receiver);
            KeyTable.At(s_types, Unshadowed<TShadow>.SlotBits, type) = type;
        }
        return agrees;
    }
}
