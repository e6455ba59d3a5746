// goexit -> goexit1 -> mcall(goexit0) -> gdestroy, gfput: the end of a goroutine.
//
// goexit is the place that every goroutine's outermost activation returns to; GoexitFrame stands for it at the bottom of the captured
// frames, where every traceback ends. goexit1 is still the goroutine; goexit0 runs on g0, when no activation is left. Then the M
// schedules again, at the depth at which it began.

namespace Weft.Runtime;

/// <summary>The bottom of every goroutine's stack.</summary>
internal sealed class GoexitFrame : Frame
{
    internal static readonly GoexitFrame Instance = new();

    public override void Resume(G g) => Proc.goexit(g);
}

internal static unsafe partial class Proc
{
    internal static void goexit(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.goexit, g);
        goexit1(g);
    }

    private static void goexit1(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.goexit1, g);
        mcall(g, &goexit0);
    }

    private static G? goexit0(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.goexit0, g);
        var m = g.m!;
        if (g == sched.maing)
            rt0.End(exited: g.exiting);
        var ends = m.lockedg == g || g.held != 0;
        gdestroy(m, g);
        g.lockedm = null;
        var bubble = SynctestBubble.On ? g.bubble : null;
        g.bubble = null;
        gfput(m.p!, g);
        if (SynctestBubble.On)
            bubble?.Ended(g, m);
        if (ends)
            mexit(m);
        return null;
    }

    /// <summary>Running to Dead; lets go of everything that the goroutine held.</summary>
    private static void gdestroy(M m, G g)
    {
        ThreadContext.Set(m.thread, null); // an idle M must not keep it alive; first, since handlers of AsyncLocal may block
        g.casgstatus(GStatus.Running, GStatus.Dead);
        g.ForgetException();
        g.ForgetErrno();
        g.ForgetSyncContext();
        g.frames = null;
        // The sudogs stay for the next life; as frames they still point to those that lay below them, the deepest stack there was.
        if (g.sendSudog is { } send)
            send.parent = null;
        if (g.recvSudog is { } receive)
            receive.parent = null;
        g.stackbytes = 0;
        g.held = 0;
        g.ec = null;
        g.gosite = null;
        g.exiting = false;
        g.locals = null;
        m.curg = null;
    }
}
