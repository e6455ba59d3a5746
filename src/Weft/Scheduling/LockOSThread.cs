// LockOSThread: a goroutine bound to its thread, and the thread to it.
//
// Both directions: the goroutine runs nowhere else (lockedm: whoever schedules it hands its P to that M), and the M runs nothing else
// (lockedg: its schedule waits until the goroutine is scheduled). Parking still takes the goroutine off the stack, but its thread sleeps
// with it; so each hand-over costs a switch of threads. Calls nest; the goroutine that ends while locked takes its thread along, so that
// no other goroutine meets what it changed there (culture, apartment, impersonation, native thread state).
//
// A goroutine that is pinned while it blocks uses the goroutine's half of this for the time (Proc.block).

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    internal static void LockOSThread(G g)
    {
        var m = g.m!;
        if (m.locks == int.MaxValue)
            throw new OverflowException("LockOSThread nesting overflow");
        TemplateThread.Start();
        if (m.locks++ == 0)
        {
            m.lockedg = g;
            g.lockedm = m;
        }
    }

    internal static void UnlockOSThread(G g)
    {
        var m = g.m!;
        if (m.locks == 0 || --m.locks != 0 || m.lockedInt)
            return; // one too many is no error, as in Go
        m.lockedg = null;
        g.lockedm = null;
    }

    /// <summary>
    /// Makes this thread, which is not the runtime's, an M for one new goroutine, which is locked to it and unlocks it only by its end; returns
    /// then. For an <c>[STAThread]</c> Main, whose apartment is the thread's.
    /// </summary>
    internal static void mainLocked(Frame entry)
    {
        Init();
        TemplateThread.Start();
        var m = new M(Interlocked.Increment(ref sched.mcount) - 1, foreign: false) { lockedInt = true };
        var g = new G { status = (int)GStatus.Dead };
        sched.@lock.Lock();
        sched.allgs.Add(g);
        sched.@lock.Unlock();
        newproc1(null, g, Interlocked.Increment(ref sched.goidgen), entry, 0, null, 0, null);
        m.lockedg = g;
        g.lockedm = m;
        Interlocked.Increment(ref sched.nm);
        globrunqput(g); // whichever M schedules it brings its P here
        mstart(m);
        M.SetCurrent(null);
    }

    /// <summary>The M is locked to a goroutine that does not run: gives its P away and sleeps until the goroutine is scheduled.</summary>
    private static G stoplockedm(M m)
    {
        if (m.p is not null)
            handoffp(releasep(m), m);
        ParkM(m);
        return m.lockedg!;
    }

    /// <summary>The goroutine ended while it was locked, or held a lock: so does its thread.</summary>
    private static void mexit(M m)
    {
        m.lockedg = null;
        m.locks = 0;
        m.lockedInt = false;
        m.exiting = true;
        handoffp(releasep(m), m);
    }
}
