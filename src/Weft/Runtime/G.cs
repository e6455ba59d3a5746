// G: the goroutine.
//
// A goroutine's stack is its machine segment (activations on the thread of the M that runs it) above its captured frames
// (`frames`, innermost first). When it is not running the segment is empty and `frames` is the whole stack.
//
// Leaving the machine stack (mcall): `unwind` is set and `mcallfn` says what to do once g0 is reached; every activation on the
// way pushes its frame (innermost first) and returns. The trampoline (Proc.gogo) links what was pushed above `frames`.
//
// Who may touch what: while the goroutine runs, all fields are its M's. While it is in a queue or waits, they are those of the
// queue's or wait structure's owner, with `status` as the hand-over (see GStatus.cs). `stackguard` alone is also written by
// sysmon, to preempt; losing such a write against execute's reset costs one time slice and is tried again.
//
// What every woven method reads (GWords) shares a cache line and is reached by a displacement of one byte: three bytes less for each
// call, of which there are many. A G is small on purpose (a million of them are parked, and a burst of new ones runs through the
// caches): what only a running goroutine needs is in its M, and what only few need is in objects of their own.

using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>What an activation must do when a callee has returned; part of the ABI.</summary>
internal static class Unwind
{
    /// <summary>The callee has returned as usual.</summary>
    internal const int None = 0;
    /// <summary>Save your frame and return.</summary>
    internal const int Park = 1;
    /// <summary>The goroutine exits; an activation that sees this has got back from something that stopped the exit. It must not go on.</summary>
    internal const int Exit = 2;
}

/// <summary>What woven methods read, at the lowest offsets that an object has: a base class lies before the references of a derived one.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class GWords
{
    private protected GWords()
    {
    }

    /// <summary>Lowest stack address that a prologue accepts; a special value preempts.</summary>
    public nuint stackguard;

    /// <summary>See <see cref="Unwind"/>.</summary>
    public int unwind;

    /// <summary>Count of held thread-affine things (monitors and the like): above zero the goroutine stays on its thread.</summary>
    internal int held;
}

/// <summary>A goroutine: the last parameter of every woven method. Users never need it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe partial class G : GWords
{
    /// <summary>The M that runs it, or ran it last.</summary>
    internal M? m;

    /// <summary>Captured frames below the machine segment, innermost first; ends with <see cref="GoexitFrame"/>.</summary>
    internal Frame? frames;

    /// <summary>Next G in the one list (global queue, free list, waiters) that holds it.</summary>
    internal G? schedlink;

    /// <summary>The M that it is bound to: locked, or pinned there while it blocks; else null.</summary>
    internal M? lockedm;

    /// <summary>Execution context while it is not running: AsyncLocals, Activity, culture. Null is the default one.</summary>
    internal ExecutionContext? ec;

    /// <summary>Unique, never reused; 0 for the stand-in of a plain thread.</summary>
    internal long goid;

    /// <summary>Id of the goroutine whose go statement made this one.</summary>
    internal long parentGoid;

    /// <summary>Why it is parked; kept afterwards for dumps.</summary>
    internal WaitReason waitreason;

    /// <summary>Where it is linked; the checker's own.</summary>
    internal Place place;

    /// <summary>It waits for what its bubble alone can bring; see <see cref="SynctestBubble"/>.</summary>
    internal bool durable;

    /// <summary>When it began to wait; see <see cref="WaitClock"/>.</summary>
    internal ushort waitsince;

    /// <summary>The go statement that made it, where that was woven: method, line feed, file:line.</summary>
    internal string? gosite;

    /// <summary>The bubble that it belongs to, in tests.</summary>
    internal SynctestBubble? bubble;

    /// <summary>Its sudogs, one for each direction, of the type of value used last.</summary>
    internal Sudog? sendSudog, recvSudog;

    /// <summary>Its selects' state; made by its first.</summary>
    internal Selection? selection;

    /// <summary>Appends the frame of the next outer activation; called while unwinding, innermost first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void push(Frame f)
    {
        if (unwind == Unwind.Exit)
            ThrowExit();
        var m = this.m!;
        var tail = m.unwoundTail;
        if (tail is null)
            m.unwound = f;
        else if (tail.parent != f) // an activation that parks again and again finds its links as it left them
            tail.parent = f;
        m.unwoundTail = f;
    }

    /// <summary>For an activation that is resumed: where one of the references points that its caller has passed to it (see <see cref="Frame.Address"/>).</summary>
    public ref byte Address(int argument) => ref frames!.Address(argument);

    /// <summary>The segment has been left: its frames go on top of those that were not yet resumed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LinkUnwound()
    {
        unwind = Unwind.None;
        var m = this.m!;
        var tail = m.unwoundTail;
        if (tail is null)
            return;
        if (tail.parent != frames)
            tail.parent = frames;
        frames = m.unwound;
        m.unwound = null;
        m.unwoundTail = null;
    }

    // Results and exceptions on their way from a completed activation to the resume label of its caller. Before the goroutine has
    // begun the first two are its function: see EntryFrame.

    private long _bits;
    private object? _reference;

    /// <summary>
    /// The function of a goroutine that has not begun: a hot entry and its receiver (null: static), or 0 and a plain <see cref="Action"/>.
    /// </summary>
    internal void SetStart(nint fn, object? arg)
    {
        _bits = fn;
        _reference = arg;
    }

    internal nint TakeStart(out object? arg)
    {
        arg = _reference;
        _reference = null;
        return (nint)_bits;
    }

    /// <summary>A resumed activation hands over what its method returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResult<R>(R value)
    {
        if (!typeof(R).IsValueType)
            _reference = value;
        else if (IsBits<R>())
            Unsafe.As<long, R>(ref _bits) = value;
        else
            ResultSlot<R>.Value = value;
    }

    /// <summary>A resume label takes what its callee returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public R TakeResult<R>()
    {
        if (!typeof(R).IsValueType)
        {
            var value = Unsafe.As<object?, R>(ref _reference);
            _reference = null;
            return value;
        }
        return IsBits<R>() ? Unsafe.As<long, R>(ref _bits) : ResultSlot<R>.Take();
    }

    /// <summary>Throws what the callee ended with, if it did not return.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [StackTraceHidden]
    public void CheckThrow()
    {
        if (_flight is not null)
            ThrowPending();
    }

    private static bool IsBits<R>() => Unsafe.SizeOf<R>() <= sizeof(long) && !RuntimeHelpers.IsReferenceOrContainsReferences<R>();
}

/// <summary>
/// Carries a result that fits no register. One for each thread and type is enough: between the completion of an activation and
/// the resume label of its caller the trampoline runs, and nothing else.
/// </summary>
internal static class ResultSlot<R>
{
    [ThreadStatic] private static R? t_value;

    internal static R Value { set => t_value = value; }

    internal static R Take()
    {
        var value = t_value!;
        t_value = default;
        return value;
    }
}
