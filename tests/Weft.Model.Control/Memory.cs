// Memory: what instrumented code does instead of an access to shared memory.
//
// The model is that of x86 (TSO): each thread has a buffer of its stores, oldest first; a load sees the thread's own newest store, else
// memory; an interlocked operation, a full barrier, a call of the system and the end of the thread empty the buffer. When a store
// becomes visible otherwise is decided by the strategy. So a missing barrier between a store and a load is found. Loads are not
// reordered, nor stores among themselves: what arm64 may do beyond this is not found.
//
// A store that is not volatile goes through the buffer like any other, but is no point: where plain accesses are ordered by what
// synchronises, nobody can tell.
//
// A location is its address: executions run while the collector is held off (Explorer.cs).
//
// A mutation weakens one site: a barrier is left out, an interlocked operation becomes a load and a store.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weft.Model.Control;

internal abstract unsafe class StoreBufferEntry(void* address, int size)
{
    internal readonly nint Address = (nint)address;
    internal readonly int Size = size;

    internal abstract void Flush();
}

internal sealed unsafe class StoreBufferEntry<T>(void* address, T value) : StoreBufferEntry(address, Unsafe.SizeOf<T>())
{
    internal readonly T Value = value;

    internal override void Flush() => Unsafe.AsRef<T>((void*)Address) = Value;
}

public static unsafe class Memory
{
    private const int Capacity = 24;

    /// <summary>Sites that are weakened, by name; a name is what the trace shows.</summary>
    public static HashSet<string> Mutations { get; } = [];

    /// <summary>Sites that were passed while they were weakened: a mutation that names none of these is misspelt.</summary>
    public static HashSet<string> Mutated { get; } = [];

    // Called by instrumented code.

    public static T Load<T>(ref T location) => Execution.Me is { } me && me.Stores.Count > 0 ? Forward(me, ref location) : location;

    public static void Store<T>(ref T location, T value)
    {
        if (Execution.Me is { } me)
            Buffer(me, ref location, value);
        else
            location = value;
    }

    public static T LoadVolatile<T>(ref T location, string site)
    {
        Point(site);
        return Load(ref location);
    }

    public static void StoreVolatile<T>(ref T location, T value, string site)
    {
        Point(site);
        Store(ref location, value);
    }

    public static void MemoryBarrier(string site)
    {
        Point(site);
        if (!IsMutated(site))
            Fence();
    }

    public static T CompareExchange<T>(ref T location, T value, T comparand, string site)
    {
        Point(site);
        if (IsMutated(site))
        {
            var seen = Load(ref location);
            Point(site + ", second half");
            if (Equal(seen, comparand))
                Store(ref location, value);
            return seen;
        }
        Fence();
        var old = location;
        if (Equal(old, comparand))
            Set(ref location, value);
        return old;
    }

    public static T Exchange<T>(ref T location, T value, string site)
    {
        Point(site);
        if (IsMutated(site))
        {
            var seen = Load(ref location);
            Store(ref location, value);
            return seen;
        }
        Fence();
        var old = location;
        Set(ref location, value);
        return old;
    }

    public static T Increment<T>(ref T location, string site)
        where T : INumber<T> => Add(ref location, T.One, site);

    public static T Decrement<T>(ref T location, string site)
        where T : INumber<T> => Add(ref location, -T.One, site);

    public static T Add<T>(ref T location, T value, string site)
        where T : INumber<T>
    {
        Point(site);
        if (IsMutated(site))
        {
            var sum = Load(ref location) + value;
            Store(ref location, sum);
            return sum;
        }
        Fence();
        Set(ref location, location + value);
        return location;
    }

    public static T And<T>(ref T location, T value, string site)
        where T : INumber<T>, IBitwiseOperators<T, T, T>
    {
        Point(site);
        if (IsMutated(site))
        {
            var seen = Load(ref location);
            Store(ref location, seen & value);
            return seen;
        }
        Fence();
        var old = location;
        Set(ref location, old & value);
        return old;
    }

    public static T Or<T>(ref T location, T value, string site)
        where T : INumber<T>, IBitwiseOperators<T, T, T>
    {
        Point(site);
        if (IsMutated(site))
        {
            var seen = Load(ref location);
            Store(ref location, seen | value);
            return seen;
        }
        Fence();
        var old = location;
        Set(ref location, old | value);
        return old;
    }

    /// <summary>At the start of a method that a mutation may leave out.</summary>
    public static bool IsLeftOut(string method) => IsMutated(method);

    // The machine.

    internal static void Point(string site)
    {
        if (Execution.Me is { } me)
            Execution.Current!.Point(me, site);
    }

    private static void Fence()
    {
        if (Execution.Me is { } me)
            Drain(Execution.Current!, me);
    }

    internal static void Drain(Execution e, ModelThread thread)
    {
        while (thread.Stores.Count > 0)
            FlushOne(e, thread);
    }

    internal static void FlushOne(Execution e, ModelThread thread)
    {
        var oldest = thread.Stores[0];
        thread.Stores.RemoveAt(0);
        oldest.Flush();
        e.Changes++;
    }

    private static bool IsMutated(string site)
    {
        if (Mutations.Count == 0 || Execution.Me is null || !Mutations.Contains(site))
            return false;
        Mutated.Add(site);
        return true;
    }

    private static void Set<T>(ref T location, T value)
    {
        location = value;
        if (Execution.Current is { } e)
            e.Changes++;
    }

    private static bool Equal<T>(T a, T b) => typeof(T).IsValueType ? EqualityComparer<T>.Default.Equals(a, b) : ReferenceEquals(a, b);

    private static T Forward<T>(ModelThread me, ref T location)
    {
        var address = (nint)Unsafe.AsPointer(ref location);
        for (var i = me.Stores.Count - 1; i >= 0; i--)
        {
            var entry = me.Stores[i];
            if (entry.Address == address && entry.Size == Unsafe.SizeOf<T>())
            {
                if (typeof(T).IsValueType)
                {
                    if (entry is StoreBufferEntry<T> same)
                        return same.Value;
                }
                else if (entry is StoreBufferEntry<object?> reference)
                {
                    return Unsafe.As<object?, T>(ref Unsafe.AsRef(in reference.Value));
                }
            }
            // Part of it, or as another type: the machine would wait until it is in memory.
            if (entry.Address < address + Unsafe.SizeOf<T>() && address < entry.Address + entry.Size)
            {
                Drain(Execution.Current!, me);
                break;
            }
        }
        return location;
    }

    private static void Buffer<T>(ModelThread me, ref T location, T value)
    {
        var address = Unsafe.AsPointer(ref location);
        me.Stores.Add(typeof(T).IsValueType ? new StoreBufferEntry<T>(address, value) : new StoreBufferEntry<object?>(address, value));
        if (me.Stores.Count > Capacity)
            FlushOne(Execution.Current!, me);
    }
}
