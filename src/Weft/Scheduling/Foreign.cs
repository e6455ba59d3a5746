// asmcgocall, stdcall: room on the machine stack for foreign code.
//
// Foreign code runs on the thread's stack, checks nothing, and may want much of it: a DLL function has always had a megabyte. Go calls it
// on g0's stack, which is the thread's own. Here the goroutine's segment lies on that same stack, above g0, so there is nothing to switch
// to; what Go does by switching is done by moving the segment away (newstack), after which the call is made at the base of g0.
//
// The place for it is the prologue of the woven method that makes the call: its arguments are still plain values there. Every prologue
// moves the segment when less than StackReserve is left, and StackReserve is what foreign code may want, ForeignReserve, and what the
// method that calls it may use up itself. So no call needs a check of its own that could move anything; what is left to check is
// the case in which nothing may be moved: beneath plain frames, with a lock held, in a body that takes more than its share for itself
// (stackalloc). There the call is refused with an exception once less than half of the reserve is left, before it could run over the end.
//
// Rejected: a frame for each foreign call, to move the segment from there: arguments that point into the machine stack (a ref, a span,
// the address of a local) could not travel, and they are what such calls are made of.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    /// <summary>What foreign code that is called from hot code finds, when its caller's prologue could move the segment.</summary>
    internal const nuint ForeignReserve = 512 * 1024;

    /// <summary>Refuses a foreign call when the room on the machine stack is gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void checkForeignStack(G g)
    {
        byte here;
        if ((nuint)(&here) < g.m!.stackguard - HeldReserve)
            ThrowForeignStack(g);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowForeignStack(G g) => throw new InsufficientExecutionStackException(
        $"Goroutine {g.goid} calls foreign code with less than half of the room left that it may want, and cannot move its stack here.");
}
