// entersyscallblock, exitsyscall: around a plain call that is known to block, on a goroutine's own thread.
//
// The P is handed off at once; afterwards the goroutine takes an idle P, or queues like any other, bound to its M, and the M sleeps until
// another brings it a P (startlockedm). It must stay on its thread: the activations of the plain call's caller are there.

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    internal static void entersyscallblock(G g)
    {
        var m = g.m!;
        g.casgstatus(GStatus.Running, GStatus.Syscall);
        handoffp(releasep(m), m);
    }

    internal static void exitsyscall(G g)
    {
        var m = g.m!;
        if (takeIdleP(m))
        {
            g.casgstatus(GStatus.Syscall, GStatus.Running);
            return;
        }
        var locked = g.lockedm;
        g.lockedm = m; // before anybody can take it from the queue
        g.casgstatus(GStatus.Syscall, GStatus.Runnable);
        globrunqput(g);
        ParkM(m);
        g.casgstatus(GStatus.Runnable, GStatus.Running);
        g.lockedm = locked;
    }
}
