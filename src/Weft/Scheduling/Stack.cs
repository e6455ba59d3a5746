// morestack, newstack: what a prologue does when its stack check fails.
//
// Five reasons, told apart here and nowhere else: the guard holds the preempt value (the time slice is over, or somebody dumps and wants to
// see the stack); the machine stack is really low; the goroutine exits and somebody has stopped that; chaos mode, in which every check fails.
//
// newstack does not grow the thread's stack: it moves the whole machine segment into frames and goes on with an empty one. Recursion is
// then bounded by the goroutine's limit and not by the thread. There is no hot split: after the move the whole stack is free again,
// and only what returns past the move pays for its resumption, once.
//
// While the goroutine holds something thread-affine (held > 0) it may not leave its thread: the check is answered with "go on", until
// the room is really gone.

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

public sealed unsafe partial class G
{
    /// <summary>Bytes of the segments that newstack has moved; at most too many (see SegmentFrame).</summary>
    internal long stackbytes;

    /// <summary>Larger than any address: the next prologue yields.</summary>
    internal static readonly nuint StackPreempt = unchecked((nuint)(nint)(-1314));

    /// <summary>The failed stack check of a prologue. True: save the entry frame and return; false: go on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [StackTraceHidden]
    public bool morestack()
    {
        // Somebody has stopped the exit of this goroutine, which runs on as if nothing had been.
        CheckExit();
        Volatile.Read(ref m!.stackRequest)?.Serve(this);
        byte here;
        var guard = m.stackguard;
        var low = (nuint)(&here) < guard;
        if (low)
        {
            if (held != 0)
            {
                if ((nuint)(&here) < guard - Proc.HeldReserve)
                    throw new InsufficientExecutionStackException(
                        $"Goroutine {goid} holds a lock and its thread's stack is used up; a goroutine that holds one cannot move its stack.");
                return false;
            }
            Proc.@stackalloc(this);
            Proc.mcall(this, &Proc.newstack);
            return true;
        }
        if (stackguard == StackPreempt)
        {
            stackguard = Chaos.On ? nuint.MaxValue : guard;
            if (held != 0)
                return false;
            Proc.Gosched(this);
            return true;
        }
        return Chaos.On && held == 0 && Chaos.Prologue(this);
    }
}

internal static unsafe partial class Proc
{
    /// <summary>How much of the reserve a goroutine that holds a lock may use up.</summary>
    internal const nuint HeldReserve = 256 * 1024;

    /// <summary>
    /// Most bytes that the moved segments of one goroutine may take: 1 GB, or 250 MB on 32-bit, as in Go. What a goroutine saves when it
    /// parks is not counted: it had room on a thread.
    /// </summary>
    internal static long MaxStack = nint.Size == 8 ? 1_000_000_000 : 250_000_000;

    /// <summary>Before a segment is moved: is there room within the goroutine's limit?</summary>
    [StackTraceHidden]
    internal static void @stackalloc(G g)
    {
        if (g.stackbytes > MaxStack)
            SegmentFrame.Recount(g);
        if (g.stackbytes > MaxStack)
            throw new InsufficientExecutionStackException($"goroutine {g.goid} stack exceeds {MaxStack}-byte limit");
        g.m!.segment = SegmentFrame.Open(g);
    }

    /// <summary>On g0: the segment has become frames; the same goroutine goes on with its innermost one.</summary>
    internal static G? newstack(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.newstack, g);
        g.casgstatus(GStatus.Running, GStatus.Copystack);
        if (g.m!.segment is { } segment)
        {
            g.m.segment = null;
            segment.Close(g);
        }
        g.casgstatus(GStatus.Copystack, GStatus.Running);
        return g;
    }
}
