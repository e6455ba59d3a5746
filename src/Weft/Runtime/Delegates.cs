// Delegates: from a delegate to the hot variant of its target.
//
// A delegate's code pointer is the stable entry point of its target method: the same for all delegates to the method, unchanged
// by tiering. It is the key of a table whose entries are found once, by reflection, and kept for ever. For a delegate closed over
// its receiver, as all lambdas are, the pointer is `_methodPtr`. For an open static one `_methodPtr` is a shuffle thunk that many methods
// share, and the target is in `_methodPtrAux`: it misses in the first table, which holds no thunks, and is found in the second. One
// method may be the target of open and of closed delegates, which are called in different ways: that is what there are two tables for.
// Those closed over the first argument of a static method, which may be null, have the method's entry point in `_methodPtr` as those that are
// closed over a receiver do: their twins are static and take that argument first (BoundTwins.cs). Multicast ones have code pointers of their own
// kind; woven code calls their targets one by one.
//
// A table is direct-mapped and its entries are immutable objects, so a reader needs no lock: it loads one reference and compares
// the key inside. A collision evicts; the slow path finds the entry again in a dictionary. Beside each is one
// of keys alone that is asked first (IsPlain, KeyTable.cs): a call that stays plain is the one that must cost little, since a compiler would have made
// it part of its caller.
//
// Rejected: marks in the callee (a JIT-time callback or a proxy in between would take them), an interface on closures (needs the
// identity of the method all the same), Delegate.Method on every call (63 ns and 160 bytes on a fresh delegate).

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>The hot variant of a delegate's target.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class HotEntry
{
    internal HotEntry(nint key, nint fn, bool isStatic, nint bound = 0)
    {
        this.key = key;
        this.fn = fn;
        this.isStatic = isStatic;
        this.bound = bound;
        hot = fn == 0 && !isStatic ? null : this;
    }

    internal readonly nint key;

    /// <summary>Itself, or null where the target has no hot variant.</summary>
    internal readonly HotEntry? hot;

    /// <summary>
    /// Entry point; 0 where the target has no hot variant, or, if static, where <see cref="bound"/> is called, or where there are several
    /// targets, each to be looked up.
    /// </summary>
    public readonly nint fn;

    /// <summary>True: takes the delegate's parameters and the G; false: takes the delegate's target first.</summary>
    public readonly bool isStatic;

    /// <summary>A static method that takes the delegate's target first, then its parameters and the G; else 0.</summary>
    public readonly nint bound;
}

/// <summary>Finds the hot variant of a delegate's target; see the file head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven, StackTraceHidden]
public static unsafe class Delegates
{
    private const int SlotBits = 10;
    private static readonly HotEntry[] s_closed = NewTable(), s_open = NewTable();
    private static readonly ConcurrentDictionary<(nint, bool), HotEntry> s_all = new();

    // Keys of the two tables whose targets have no hot variant.
    private static readonly byte* s_plainClosed = NewKeys(), s_plainOpen = NewKeys();

    /// <summary>The hot entry of the delegate's target, or null where the delegate must be called plainly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HotEntry? Find(Delegate d)
    {
        var key = MethodPtr(d);
        var e = s_closed[Slot(key)];
        return e.key == key ? e.hot : FindOpen(d, key);
    }

    /// <summary>The receiver of a delegate whose entry is not static.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object Target(Delegate d) => TargetOf(d);

    /// <summary>True: the delegate is closed, and its target known to have no hot variant: it must be called plainly. False: ask <see cref="IsPlainOpen"/>.</summary>
    // Without a branch, as its like: it would have one profile for all calls of the program, by which the JIT would move the plain call out of the way of
    // some loop that makes no other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(Delegate d)
    {
        var key = MethodPtr(d);
        return KeyTable.At(s_plainClosed, SlotBits, key) == key;
    }

    /// <summary>True: the same of an open one. False: ask <see cref="Find"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlainOpen(Delegate d)
    {
        var key = MethodPtrAux(d);
        return KeyTable.At(s_plainOpen, SlotBits, key) == key;
    }

    // Entry points are aligned to words.
    private static uint Slot(nint key) => (uint)key / (uint)sizeof(nint) & (1u << SlotBits) - 1;

    private static HotEntry[] NewTable()
    {
        var table = new HotEntry[1 << SlotBits];
        Array.Fill(table, new HotEntry(0, 0, false)); // no delegate has a code pointer of 0
        return table;
    }

    private static byte* NewKeys()
    {
        var keys = KeyTable.New(SlotBits);
        KeyTable.At(keys, SlotBits, 0) = -1; // a closed delegate's other key is 0, and not known
        return keys;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static HotEntry? FindOpen(Delegate d, nint closed)
    {
        var key = MethodPtrAux(d);
        if (key == 0)
            return FindSlow(d, closed, isOpen: false);
        var e = s_open[Slot(key)];
        var hot = e.key == key ? e.hot : FindSlow(d, key, isOpen: true);
        // Several targets: such delegates have their type's Invoke for a code pointer, as one has that was made of Invoke itself.
        return hot is { fn: 0, bound: 0 } && d.HasSingleTarget ? null : hot;
    }

    private static HotEntry? FindSlow(Delegate d, nint key, bool isOpen)
    {
        if (!s_all.TryGetValue((key, isOpen), out var e))
            e = s_all.GetOrAdd((key, isOpen), Resolve(d, key, isOpen));
        Volatile.Write(ref (isOpen ? s_open : s_closed)[Slot(key)], e);
        if (e.hot is null)
            KeyTable.At(isOpen ? s_plainOpen : s_plainClosed, SlotBits, key) = key;
        return e.hot;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A twin that was trimmed is not found: the call is made plainly.")]
    private static HotEntry Resolve(Delegate d, nint key, bool isOpen)
    {
        var none = new HotEntry(key, 0, false);
        if (!d.HasSingleTarget)
            return new HotEntry(key, 0, isStatic: true);
        var method = d.Method;
        var type = method.DeclaringType;
        if (type is null || method.IsCollectible) // another method may come to lie at its address
            return none;
        if (!method.IsStatic && d.Target is null)
            return none;
        // The key must be the plain method's own entry point; anything else is a kind of delegate that we do not know. A struct's method has a
        // stub that unboxes, a static one that returns a large struct one that moves the target behind the address of the result; both are its own.
        var hasStub = !isOpen && (type.IsValueType || method.IsStatic && method.ReturnType is { IsValueType: true, IsPrimitive: false });
        if (!hasStub && method.MethodHandle.GetFunctionPointer() != key)
            return none;
        var parameters = Array.ConvertAll(method.GetParameters(), p => p.ParameterType);
        var twin = isOpen || !method.IsStatic && !type.IsValueType ? Twin(type, method, parameters) : null;
        if (twin is not null)
            return Entry(key, method, twin);
        if (isOpen)
            return BoundTwins.OfPrimitive(method, parameters) is { } primitive ? Entry(key, method, primitive) : none;
        return BoundTwins.Find(type, method, parameters) is { } bound ? new HotEntry(key, 0, isStatic: true, Prepared(bound)) : none;
    }

    internal static HotEntry Entry(nint key, MethodInfo method, MethodInfo twin) => new(key, Prepared(twin), method.IsStatic);

    private static nint Prepared(MethodInfo twin)
    {
        RuntimeHelpers.PrepareMethod(twin.MethodHandle, TypeArguments(twin.DeclaringType!, twin));
        return twin.MethodHandle.GetFunctionPointer();
    }

    private static RuntimeTypeHandle[]? TypeArguments(Type type, MethodInfo method)
    {
        var of = (type.IsGenericType ? type.GetGenericArguments() : []).Concat(method.IsGenericMethod ? method.GetGenericArguments() : []);
        var handles = of.Select(t => t.TypeHandle).ToArray();
        return handles.Length == 0 ? null : handles;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "As above.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "As above: the instantiation is that of the plain method, which exists.")]
    internal static MethodInfo? Twin(Type type, MethodInfo method, Type[] parameters)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        // The delegate runs this very body, also on an object that overrides it (`base.M`): where the twin of an overridable method is a guard
        // in front of the body, or a plain call, it would look at the object instead.
        var all = type.GetMethods(Declared);
        var body = Find(m => m.IsSpecialName && m.Name == $"<{method.Name}>b");
        return body is not null || method.IsVirtual && !method.IsFinal && !method.IsDefined(typeof(WeftStateMachineAttribute), false)
            ? body : Find(m => IsTwinName(m, method));

        MethodInfo? Find(Func<MethodInfo, bool> isNamed)
        {
            foreach (var candidate in all)
            {
                var twin = candidate;
                if (twin.IsStatic != method.IsStatic || twin.IsGenericMethod != method.IsGenericMethod || !isNamed(twin))
                    continue;
                if (method.IsGenericMethod)
                {
                    var arguments = method.GetGenericArguments();
                    if (twin.GetGenericArguments().Length != arguments.Length)
                        continue;
                    twin = twin.MakeGenericMethod(arguments);
                }
                var of = twin.GetParameters();
                if (of.Length == parameters.Length + 1 && of[^1].ParameterType == typeof(G) && twin.ReturnType == method.ReturnType &&
                    parameters.AsSpan().SequenceEqual(Array.ConvertAll(of[..^1], p => p.ParameterType)))
                    return twin;
            }
            return null;
        }
    }

    private static bool IsTwinName(MethodInfo candidate, MethodInfo method) =>
        candidate.IsSpecialName && (candidate.Name == $"<{method.Name}>g" || candidate.Name == $"<{method.Name}>v") ||
        candidate.Name == method.Name && candidate.IsDefined(typeof(TwinAttribute), false);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_target")]
    private static extern ref object TargetOf(Delegate d);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_methodPtr")]
    private static extern ref nint MethodPtr(Delegate d);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_methodPtrAux")]
    private static extern ref nint MethodPtrAux(Delegate d);
}
