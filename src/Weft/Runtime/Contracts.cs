// Members whose hot variant neither a shadow nor a slot can tell: default bodies, static members, those of structs in boxes, and whatever woven
// classes override or implement that is not woven itself (Stream.Read, IObserver.OnNext).
//
// A shadow is implemented by woven classes. A default body answers for classes that are not woven, too, and which of several bodies is the most
// specific one is for the CLR to say: assemblies that came later may have added one. So the CLR is asked, once for each type, and what it names is
// hot only if it is
//
//   a method of a class                 its twin, which is bound to that body
//   a body in an interface              its twin, on the object (a struct's is in its box, as in the plain call)
//   a method of a struct                the twin of the method `<M>x` beside it, which takes the box and keeps it in its frame
//   a static method                     its twin
//
// Whatever is not understood is called plainly. For an interface the CLR answers by Type.GetInterfaceMap. What overrides a slot reflection says as
// long as it was overridden by name; so the caller brings the address that `ldvirtftn` finds, and the two must agree.
//
// A Contract is made once for each member that woven code calls, and instantiation. Its table is direct-mapped and its entries are immutable, as in
// Delegates. Types that can be unloaded are not remembered and not hot.

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>A member of an interface, or a slot of a class, that woven code calls; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven]
public sealed class Contract(RuntimeMethodHandle member, RuntimeTypeHandle type)
{
    private const int Slots = 16;

    private sealed record Entry(Type Type, HotEntry? Hot);

    private readonly Entry?[] _table = new Entry[Slots];
    private readonly ConcurrentDictionary<Type, Entry> _all = new();

    /// <summary>What answers for the object, of an interface: a static entry takes the object first. Null where the call must be made plainly.</summary>
    public HotEntry? Find(object self)
    {
        var of = self.GetType();
        var e = Volatile.Read(ref _table[Slot(of)]); // partner: FindSlow
        return e is not null && e.Type == of ? e.Hot : FindSlow(of, 0);
    }

    /// <summary>What answers for the object, of a class; null where that is not known yet.</summary>
    public HotEntry? FindOverride(object self)
    {
        var of = self.GetType();
        var e = Volatile.Read(ref _table[Slot(of)]); // partner: FindSlow
        return e is not null && e.Type == of ? e.Hot : null;
    }

    /// <summary>Finds it out; <paramref name="body"/> is the entry point of the body that answers. Null where the call must be made plainly.</summary>
    public HotEntry? ResolveOverride(object self, nint body) => FindSlow(self.GetType(), body);

    /// <summary>
    /// What answers for a type that is known when the code is compiled: for a static member its static twin; for a member of a struct its twin, which
    /// takes the struct's address; a body in an interface, which takes the box, if <paramref name="inBox"/>.
    /// </summary>
    public static HotEntry? Of(RuntimeTypeHandle of, RuntimeMethodHandle member, RuntimeTypeHandle type, bool inBox)
    {
        var known = Type.GetTypeFromHandle(of)!;
        if (Implementation(known, member, type) is not { } target)
            return null;
        var isHot = target.IsStatic ? !inBox : known.IsValueType && (inBox ? target.DeclaringType!.IsInterface : target.DeclaringType == known);
        return isHot ? Twin(target) : null;
    }

    private static int Slot(Type of) => (int)(((nuint)of.TypeHandle.Value >> 4) ^ ((nuint)of.TypeHandle.Value >> 9)) & (Slots - 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private HotEntry? FindSlow(Type of, nint body)
    {
        if (of.IsCollectible)
            return null;
        if (!_all.TryGetValue(of, out var e))
            e = _all.GetOrAdd(of, new Entry(of, body == 0 ? Resolve(of) : ResolveOverride(of, body)));
        Volatile.Write(ref _table[Slot(of)], e);
        return e.Hot;
    }

    private HotEntry? Resolve(Type of)
    {
        var target = Implementation(of, member, type);
        if (target?.DeclaringType is not { } owner)
            return null;
        if (!owner.IsValueType)
            return Twin(target);
        return OfBox(owner, target) is { } unboxing ? Twin(unboxing) : null;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Woven assemblies are kept whole; what was trimmed elsewhere is called plainly.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The instantiation is that of the member, which is called.")]
    private HotEntry? ResolveOverride(Type of, nint body)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var called = (MethodInfo)MethodBase.GetMethodFromHandle(member, type)!;
        var root = (called.IsGenericMethod ? called.GetGenericMethodDefinition() : called).GetBaseDefinition();
        for (var owner = of; owner is { IsValueType: false }; owner = owner.BaseType)
            foreach (var m in owner.GetMethods(Declared))
                if (m.IsVirtual && m.Name == root.Name && m.GetBaseDefinition().MethodHandle == root.MethodHandle)
                {
                    var target = called.IsGenericMethod ? m.MakeGenericMethod(called.GetGenericArguments()) : m;
                    return !m.IsAbstract && !m.IsCollectible && target.MethodHandle.GetFunctionPointer() == body ? Twin(target) : null;
                }
        return null;
    }

    // Nothing is said where the CLR has no answer: no implementation, or several.
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Woven assemblies are kept whole; what was trimmed elsewhere is called plainly.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The instantiation is that of the member, which is called.")]
    private static MethodInfo? Implementation(Type of, RuntimeMethodHandle member, RuntimeTypeHandle type)
    {
        if (of.IsCollectible || of.IsArray || of.IsInterface)
            return null;
        try
        {
            var contract = Type.GetTypeFromHandle(type)!;
            if (!Variants.IsSettled(of, contract))
                return null;
            var declared = (MethodInfo)MethodBase.GetMethodFromHandle(member, type)!;
            var open = declared.IsGenericMethod ? declared.GetGenericMethodDefinition() : declared;
            var map = of.GetInterfaceMap(contract);
            var at = Array.FindIndex(map.InterfaceMethods, m => m.MethodHandle == open.MethodHandle);
            var target = at < 0 ? null : map.TargetMethods[at];
            if (target is null || target.IsAbstract || target.IsCollectible)
                return null;
            return declared.IsGenericMethod ? target.MakeGenericMethod(declared.GetGenericArguments()) : target;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or TypeLoadException or AmbiguousMatchException)
        {
            return null; // an object that takes part in casts at run time, or the like
        }
    }

    private static HotEntry? Twin(MethodInfo target)
    {
        var parameters = Array.ConvertAll(target.GetParameters(), p => p.ParameterType);
        return Delegates.Twin(target.DeclaringType!, target, parameters) is { } twin ? Delegates.Entry(0, target, twin).hot : null;
    }

    /// <summary>The method beside a struct's own that takes its box.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above.")]
    internal static MethodInfo? OfBox(Type owner, MethodInfo target)
    {
        Type[] expected = [typeof(object), .. Array.ConvertAll(target.GetParameters(), p => p.ParameterType)];
        foreach (var candidate in owner.GetMethods(BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            if (!candidate.IsSpecialName || candidate.Name != $"<{target.Name}>x" || candidate.GetGenericArguments().Length != target.GetGenericArguments().Length)
                continue;
            var unboxing = target.IsGenericMethod ? candidate.MakeGenericMethod(target.GetGenericArguments()) : candidate;
            if (unboxing.ReturnType == target.ReturnType && expected.AsSpan().SequenceEqual(Array.ConvertAll(unboxing.GetParameters(), p => p.ParameterType)))
                return unboxing;
        }
        return null;
    }
}
