// mcall and gogo: how a goroutine leaves its machine stack and comes back to it.
//
//     g0:        mstart -> schedule -> execute -> gogo -> f.Resume(g) -> callee -> callee ...
//     goroutine:                                          \___________ the segment _________/
//
// mcall(g, fn) does not switch a stack pointer: .NET has none to switch. It notes `fn` and raises `unwind`; the activations above the
// trampoline push their frames and return, until gogo is reached. Then, with the machine stack exactly as deep as it was when gogo
// was entered, fn(g) runs. So neither schedule nor execute nor gogo ever lies beneath another turn of itself: this is how the scheme
// avoids stack overflow, though each calls the next "for ever".
//
// gogo resumes the innermost frame only, and whatever it returns to next: waking costs the frames that run, not the depth.
//
// An exception that leaves a frame is handed to the frame below: resumed there, it is thrown at the call, inside the right try. For
// the first hops every frame is resumed so that the trace shows all methods with their lines. After that the trace is long enough and
// frames without a handler are passed by; re-capturing at each hop would be quadratic.

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Weft.Runtime;

[NotWoven]
internal static unsafe partial class Proc
{
    internal const int RecapturedHops = 64;

    /// <summary>Leave the goroutine for g0: the caller must save its frame and return; then <paramref name="fn"/> runs on g0.</summary>
    internal static void mcall(G g, delegate*<G, G?> fn)
    {
        if (Trace.Enabled)
            Event(TraceEvent.mcall, g);
        g.m!.mcallfn = fn;
        g.unwind = Unwind.Park;
    }

    /// <summary>Runs the goroutine until it leaves its stack; returns the goroutine to go on with, or null to schedule.</summary>
    [StackTraceHidden]
    private static G? gogo(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.gogo, g);
        if (Check.On)
            Check.Enter(g);
        while (!ResumeFrames(g))
        {
        }
        g.LinkUnwound();
        if (Check.On)
            Check.RequireNoLocks("mcall");
        return g.m!.mcallfn(g);
    }

    /// <summary>True: the goroutine has unwound. False: an exception left a frame and waits to be thrown in the next one.</summary>
    [StackTraceHidden]
    private static bool ResumeFrames(G g)
    {
        try
        {
            do
            {
                var f = g.frames!;
                g.frames = f.parent;
                f.Resume(g);
            }
            while (g.unwind == Unwind.None);
            if (g.unwind == Unwind.Exit)
                throw new GoexitException(); // plain code has stopped an exit, and returned to the frame's place: nothing was saved
            return true;
        }
        catch (Exception e)
        {
            Raise(g, e);
            return false;
        }
    }

    private static void Raise(G g, Exception e)
    {
        var f = g.frames!;
        // An exit has no trace to keep.
        if (g.SetException(e) > RecapturedHops || e is GoexitException)
            for (; (f.pc & 1) == 0 && f is not GoexitFrame; f = f.parent!)
                (f as SegmentFrame)?.Free(g);
        if (f is GoexitFrame && !(g.exiting && GoexitException.IsIn(e)))
            Panic.Unhandled(e, g); // comes back if a handler has taken the exception: then the goroutine ends
        g.frames = f;
    }
}

/// <summary>The exception in flight through captured frames.</summary>
public sealed unsafe partial class G
{
    private sealed class Flight(Exception e)
    {
        internal readonly Exception Exception = e;
        internal ExceptionDispatchInfo Capture = null!;

        /// <summary>Frames that it has left.</summary>
        internal int Hops;

        /// <summary>On its way to the next frame. False once thrown there; it may be caught, or come back with one hop more.</summary>
        internal bool IsPending;
    }

    // Kept after the throw, for the count of hops; forgotten when the goroutine parks or ends.
    private Flight? _flight;

    /// <summary>Notes the exception for the next frame; returns how many frames it has left.</summary>
    internal int SetException(Exception e)
    {
        if (_flight?.Exception != e)
            _flight = new Flight(e);
        // Past the limit the earlier capture is thrown again: it restores the trace as it was then.
        if (_flight.Hops <= Proc.RecapturedHops)
            _flight.Capture = ExceptionDispatchInfo.Capture(e);
        _flight.IsPending = true;
        return ++_flight.Hops;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [StackTraceHidden]
    private void ThrowPending()
    {
        if (!_flight!.IsPending)
            return;
        _flight.IsPending = false;
        _flight.Capture.Throw();
    }

    /// <summary><c>throw;</c>, and the end of a finally block, in a body that was moved out of its handler.</summary>
    [StackTraceHidden]
    public static void rethrow(object e) => ExceptionDispatchInfo.Throw((Exception)e);

    internal void ForgetException()
    {
        if (_flight is not null)
            _flight = null;
    }
}
