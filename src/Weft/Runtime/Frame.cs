// Frame: one suspended activation.
//
// A captured stack is a singly linked list of frames, innermost first: `parent` is the activation that called this one.
// The order of the link is also the order of allocation while unwinding (a frame is older than its parent), so linking
// stores a younger object into an older one once; frames are short-lived and small enough for that to stay in gen 0.
//
// `pc` = site << 1 | protected. An exception that reaches a frame whose pc is not protected passes it by without a resume.
//
// A frame cannot hold a reference to a variable. What an activation was passed by reference it asks its caller's frame for (`Address`)
// when it is resumed: by then the caller has the variable in a field, or asks on. The answer is good until the caller itself is resumed,
// which is when the callee is over.
//
// Rejected: an array of slots for each activation (boxing, and no exact types for the debugger); one segment object for a
// whole stack (must be copied to return into its middle).

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>One suspended activation on the heap. Subclasses are written by the weaver, and by hand for Weft's primitives.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Frame
{
    /// <summary>The activation that called this one, or the one that the trampoline returns to.</summary>
    public Frame? parent;

    /// <summary>Where to go on: site shifted left by one, lowest bit set if the site is in a protected region.</summary>
    public int pc;

    /// <summary>Runs the activation from <see cref="pc"/> on, until it returns, throws, or suspends again (<c>g.unwind != 0</c>).</summary>
    public abstract void Resume(G g);

    /// <summary>
    /// Where an argument refers to that this activation, which is suspended in a call, has passed by reference: counted from the last one, the G
    /// left out.
    /// </summary>
    public virtual ref byte Address(int argument)
    {
        Fatal.Throw("a frame was asked for a reference that it did not pass");
        return ref Unsafe.NullRef<byte>();
    }

    /// <summary>An answer of <see cref="Address"/> as what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T Typed<T>(ref byte address)
        where T : allows ref struct
        => ref Unsafe.As<byte, T>(ref address);
}
