// gopark, park_m, goready: blocking and waking. block: the same for what cannot leave its thread.
//
// The waiter, running: status Running -> Parking, *then* records itself in the wait structure (under its lock), lets the lock go,
// and leaves its stack (mcall). The waker: claims the wait (dequeues it under the lock), then goready. The status word decides
// which of park_m and goready comes second, and the second one makes the goroutine run (GStatus.cs).
//
// Pinned: when a plain frame lies between the goroutine's base and the blocking call, it cannot leave. Its thread blocks instead: the
// goroutine is bound to its M, the P is handed off to another M, and waking it means that whichever M schedules it gives its own
// P to that M (startlockedm), as Go does for goroutines locked to a thread. A plain thread that is no M just sleeps.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    /// <summary>First half of parking: from here on a waker may come. Before the goroutine is recorded anywhere.</summary>
    internal static void gopark_begin(G g, WaitReason reason)
    {
        g.waitreason = reason;
        g.waitsince = WaitClock.Now;
        if (SynctestBubble.On && g.bubble is { } bubble)
            bubble.BeginPark(g, reason);
        g.casgstatus(GStatus.Running, GStatus.Parking);
    }

    /// <summary>Second half: the caller saves its frame, if it has one, and returns.</summary>
    internal static void gopark(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.gopark, g);
        if (Check.On)
            Check.RequireNoLocks("gopark");
        mcall(g, &park_m);
    }

    private static G? park_m(G g)
    {
        var m = g.m!;
        leave(m, g);
        if (Trace.Enabled)
            Event(TraceEvent.park_m, g);
        var bubble = SynctestBubble.On ? g.bubble : null;
        var parked = g.Park(); // if so, g is somebody else's from here on
        if (SynctestBubble.On)
            bubble?.EndPark(m, parked);
        if (parked)
            return null;
        if (Trace.Enabled)
            Event(TraceEvent.park_race, g);
        enter(m, g);
        return g;
    }

    /// <summary>Yields: to the tail of the global queue.</summary>
    internal static void Gosched(G g) => mcall(g, &gosched_m);

    private static G? gosched_m(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.gosched_m, g);
        var m = g.m!;
        var p = m.p!;
        // What schedule would do, without its detours: with nothing local, no timer and no shrinking of MaxProcs the next goroutine is
        // the head of the global queue, under the lock under which this one is put at its tail; and this one itself if there is none.
        var direct = p.runq.IsEmpty && p.timers.Next == 0 && p.id < sched.gomaxprocs && m.lockedg is null;
        if (direct && p.preempt)
            p.preempt = false; // this is the turn that was asked for, and there is no heir
        if (direct && Volatile.Read(ref sched.runqsize) == 0)
        {
            p.schedtick++;
            g.stackguard = Chaos.On ? nuint.MaxValue : m.stackguard;
            if (Trace.Enabled)
                Event(TraceEvent.execute, g);
            return g;
        }
        leave(m, g);
        g.casgstatus(GStatus.Running, GStatus.Runnable);
        sched.@lock.Lock();
        if (p.preempt)
        {
            // The slice that runnext would inherit is over (see findRunnable). It has not had any of it, so it goes before this one.
            p.preempt = false;
            if (p.runq.TakeNext() is { } heir)
                sched.globrunqput(heir);
        }
        sched.globrunqput(g);
        var next = direct ? sched.globrunqget() : null;
        sched.@lock.Unlock();
        if (next is null)
        {
            wakep(m);
            return null;
        }
        if (next.lockedm is not null)
        {
            startlockedm(m, next);
            return null;
        }
        if (Volatile.Read(ref sched.runqsize) != 0)
            wakep(m);
        begin(m, next, inheritTime: false);
        return next;
    }

    /// <summary>Yields without leaving the thread: queues like the others, bound to its M, and sleeps until its turn comes.</summary>
    internal static void GoschedPinned(G g)
    {
        var m = g.m!;
        var locked = g.lockedm;
        g.lockedm = m; // before anybody can take it from the queue
        g.casgstatus(GStatus.Running, GStatus.Runnable);
        sched.@lock.Lock();
        sched.globrunqput(g);
        sched.@lock.Unlock();
        handoffp(releasep(m), m);
        ParkM(m);
        g.casgstatus(GStatus.Runnable, GStatus.Running);
        g.lockedm = locked;
    }

    /// <summary>Makes a goroutine that the caller has claimed runnable: next on this P.</summary>
    internal static void goready(G g, M? m)
    {
        if (Trace.Enabled)
            Event(TraceEvent.goready, g);
        var bound = g.lockedm; // before Wake: afterwards it may change
        var bubble = SynctestBubble.On ? g.bubble : null;
        if (SynctestBubble.On)
            bubble?.Ready(g);
        if (g.Wake(m) == WakeOutcome.StillUnwinding)
            return;
        if (bound is { foreign: true })
        {
            bound.park.semawakeup();
            return;
        }
        if (SynctestBubble.On && bubble is { IsControlled: true })
        {
            bubble.Enqueue(g, m);
            return;
        }
        if (m?.p is { } p)
        {
            runqput(p, g, next: true);
            wakep(m);
        }
        else if (t_readied is { isOpen: true } list)
        {
            list.Add(g);
        }
        else
        {
            globrunqput(g);
        }
    }

    /// <summary>Second half of parking for what cannot leave its thread; returns when it was woken.</summary>
    internal static void block(G g)
    {
        if (Check.On)
            Check.RequireNoLocks("block");
        var m = g.m!;
        if (m.foreign)
        {
            if (g.Park())
            {
                m.park.semasleep(-1);
                while (g.Status != GStatus.Runnable)
                    m.park.semasleep(-1); // an old token
                g.casgstatus(GStatus.Runnable, GStatus.Running);
            }
            return;
        }
        if (Trace.Enabled)
            Event(TraceEvent.pinned, g);
        var locked = g.lockedm;
        g.lockedm = m; // before a waker can queue g
        var bubble = SynctestBubble.On ? g.bubble : null;
        var parked = g.Park();
        if (SynctestBubble.On)
            bubble?.EndPark(m, parked);
        if (parked)
        {
            handoffp(releasep(m), m);
            ParkM(m);
            g.casgstatus(GStatus.Runnable, GStatus.Running);
        }
        g.lockedm = locked;
    }

    /// <summary>g is no longer the current goroutine of m.</summary>
    private static void leave(M m, G g)
    {
        m.curg = null;
        g.ForgetException();
        g.ec = ThreadContext.Get(m.thread);
        if (g.haserrno)
            g.SaveErrno();
        if (g.hassync)
            g.SaveSyncContext();
    }

    private static void enter(M m, G g)
    {
        if (g.m != m)
            g.m = m;
        m.curg = g;
        if (ThreadContext.Get(m.thread) != g.ec)
            installContext(m, g);
        if (g.haserrno)
            g.RestoreErrno();
        if (g.hassync)
            g.RestoreSyncContext();
    }

    /// <summary>
    /// Handlers of AsyncLocal may wait, as the goroutine that comes; it has not taken yet what it was woken with. So they wait in others than its
    /// cached sudogs and selection. (Waiters and timers know that they are in use, or are done with by now.)
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void installContext(M m, G g)
    {
        var (send, receive, selection) = (g.sendSudog, g.recvSudog, g.selection);
        g.sendSudog = g.recvSudog = null;
        g.selection = null;
        ThreadContext.Set(m.thread, g.ec);
        (g.sendSudog, g.recvSudog, g.selection) = (send, receive, selection);
    }
}
