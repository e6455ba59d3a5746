// Types that are known not to implement a shadow.
//
// A woven call by an interface asks the receiver for the shadow. Where the answer is no, the question is most of what the call costs: it is
// put to a list of interfaces. So a no is kept, by the receiver's method table, in a table for each shadow (KeyTable.cs).
//
// A method table is never seen with another meaning that matters: when a collectible type has been unloaded and one that implements the
// shadow lies where it lay, that one is called plainly, and blocks its thread.
//
// Rejected: keeping both answers (a yes leads to the shadow's method, by a dispatch of its own that costs more than the question); one table
// for all (a second word to compare).

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>Types without a shadow; see the file head.</summary>
/// <typeparam name="TShadow">The shadow.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[NotWoven, StackTraceHidden]
public static unsafe class Unshadowed<TShadow>
    where TShadow : class
{
    internal const int SlotBits = 6;

    private static readonly byte* s_types = KeyTable.New(SlotBits);

    /// <summary>True: its type has been asked for the shadow and does not implement it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Knows(object receiver)
    {
        var type = MethodTable(receiver);
        return KeyTable.At(s_types, SlotBits, type) == type;
    }

    /// <summary>Its type does not implement the shadow.</summary>
    public static void Add(object receiver)
    {
        var type = MethodTable(receiver);
        KeyTable.At(s_types, SlotBits, type) = type;
    }

    // It lies in front of an object's first field.
    internal static nint MethodTable(object o) => Unsafe.Add(ref Unsafe.As<byte, nint>(ref Unsafe.As<AnyObject>(o).first), -1);

    private sealed class AnyObject
    {
        internal byte first;
    }
}
