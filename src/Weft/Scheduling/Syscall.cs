// entersyscall, exitsyscall: around a call of foreign code, which may block its thread.
//
// entersyscall leaves the P with the M, in status Syscall: a short call costs a few writes and one compare-exchange, and no other thread.
// Whoever takes the P out of Syscall by compare-exchange owns it: the M when it comes back, or sysmon when the call takes long
// (Sysmon.cs) and others could use it. The M remembers its P (`oldp`); it may find there the same P in *another* M's call, and take that:
// the other then finds its own gone, as if sysmon had been there.
//
// `oldp`, and the P's own `m`, stay as they are between the calls of one thread: each write of a reference has to tell the collector, and
// costs as much as the rest of the bookkeeping. So `oldp` says something in Syscall only, and `m` of a P in Syscall is who left it.
//
// entersyscallblock is for calls that are known to block: the P is handed off at once.
//
// exitsyscall takes back the old P, or else any idle one; else the goroutine queues like any other, bound to its M, and the M sleeps
// until another brings it a P (startlockedm). It never leaves its thread here: what it called may have callers below it that are plain,
// and pinned locals around it. reentersyscall is entersyscall at the end of a callback (Cgocallback.cs).
//
// Status: Running -> Syscall, by the goroutine; Syscall -> Running or Runnable, by the same M. Nobody else touches a goroutine in Syscall.
//
// Rejected: Go 1.26's order, in which the P stays Running and must be taken with its goroutine's status locked: our status word is
// written plainly by its owner, and a lock in it would cost every switch.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

public sealed unsafe partial class G
{
    /// <summary>Woven code is about to call foreign code.</summary>
    /// <exception cref="InsufficientExecutionStackException">The machine stack has no room for it; see <c>Foreign.cs</c>.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void entersyscall()
    {
        Proc.checkForeignStack(this);
        Proc.entersyscall(this);
    }

    /// <summary>The foreign call has returned or thrown.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void exitsyscall() => Proc.exitsyscall(this);

    /// <summary>As <see cref="exitsyscall()"/>, of a call that has recorded its error code (<see cref="DllImportAttribute.SetLastError"/>).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void exitsyscallError()
    {
        haserrno = true;
        Proc.exitsyscall(this);
    }
}

internal static unsafe partial class Proc
{
    internal static void entersyscall(G g)
    {
        var m = g.m!;
        var p = m.p!;
        if (Trace.Enabled)
            Event(TraceEvent.entersyscall, g);
        g.casgstatus(GStatus.Running, GStatus.Syscall);
        if (Check.On)
            Check.Leave(m, p);
        if (m.oldp != p)
            m.oldp = p;
        m.p = null;
        p.status = PStatus.Syscall; // release: whoever takes the P out of Syscall sees all that was done with it
    }

    internal static void reentersyscall(G g) => entersyscall(g);

    internal static void entersyscallblock(G g)
    {
        var m = g.m!;
        if (SynctestBubble.On && g.bubble is { IsControlled: true } bubble)
            bubble.Leaves(g, m);
        g.casgstatus(GStatus.Running, GStatus.Syscall);
        m.oldp = null;
        var p = releasep(m);
        p.syscalltick++;
        handoffp(p, m);
    }

    internal static void exitsyscall(G g)
    {
        // A callback has taken a P and kept it (Cgocallback.cs).
        if (g.status != (int)GStatus.Syscall)
            return;
        var m = g.m!;
        var oldp = m.oldp;
        if (oldp is not null && oldp.cas(PStatus.Syscall, PStatus.Running))
        {
            m.p = oldp;
            if (oldp.m != m)
                oldp.m = m;
            oldp.syscalltick++;
            g.casgstatus(GStatus.Syscall, GStatus.Running);
        }
        else
        {
            exitsyscallSlow(g, m);
        }
        if (Trace.Enabled)
            Event(TraceEvent.exitsyscall, g);
        if (SynctestBubble.On && g.bubble is { IsControlled: true } bubble && bubble.ComesBack(g))
            yieldInBubble(g, bubble, Turn.ComesBack);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void exitsyscallSlow(G g, M m)
    {
        // Starting and waking threads makes calls of its own.
        var error = Marshal.GetLastPInvokeError();
        if (takeIdleP(m))
        {
            m.p!.syscalltick++;
            g.casgstatus(GStatus.Syscall, GStatus.Running);
        }
        else
        {
            var locked = g.lockedm;
            g.lockedm = m; // before anybody can take it from the queue
            g.casgstatus(GStatus.Syscall, GStatus.Runnable);
            globrunqput(g);
            ParkM(m);
            g.casgstatus(GStatus.Runnable, GStatus.Running);
            g.lockedm = locked;
        }
        Marshal.SetLastPInvokeError(error);
    }
}
