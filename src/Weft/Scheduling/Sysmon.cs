// sysmon: a thread without a P that watches the others.
//
// It looks every 20 us; after 50 looks at which it had nothing to retake, twice as long each time, up to 10 ms; a retake begins anew. While
// every P is idle it sleeps until the next M to start wakes it, and looks for a deadlock in between (Checkdead.cs).
//
// preempt: a P whose schedtick has not moved for 10 ms runs one goroutine, or a pair that inherits its slice, for that long. The guard of
// the goroutine that runs there is set so that its next prologue yields, and the P is told, so that its next schedule lets nobody inherit
// the slice. Both are requests: a loop without a call sees neither.
//
// spare: a P whose goroutine then blocks its thread in a call that nobody announced (a contended Monitor in plain code, the initialisation
// of a class, a semaphore), or computes on without a prologue, is stuck: whoever could end the wait may be a goroutine that needs a P, and
// others have deadlines. For each stuck P there is one spare P beyond MaxProcs, so that the number of Ps that move stays the same. What waits
// in the stuck P's queue goes to the global one: it would be stolen by a P that is idle, but perhaps none ever is. That a
// goroutine computes on is seen by the processor time of its thread since it was asked to yield: a thread that the system lets wait, or
// that a collection has stopped, uses none. Rejected: taking the P away, as from foreign calls; here the code that holds it is plain, and
// does not ask on its way back whether it still has one.
//
// retake: a P that is in a foreign call. The first look at a call only notes it, so the call has one period, 20 us at the least. After
// that the P is taken, unless nothing waits for it (its queue is empty and others spin or are idle) and the call is younger than 10 ms.

namespace Weft.Runtime;

/// <summary>What sysmon saw of a P, and when.</summary>
internal struct SysmonTick
{
    internal uint schedtick, syscalltick;
    internal long schedwhen, syscallwhen;

    /// <summary>Whose thread was first asked to yield in this slice, and the processor time that it had used by then.</summary>
    internal M? asked;
    internal long cputime;
}

[NotWoven]
internal static class Sysmon
{
    private const uint MinUs = 20, MaxUs = 10_000;
    private const int QuietLooks = 50;
    private const long SliceNs = 10_000_000; // forcePreemptNS
    private const long StuckBlockedNs = 3 * SliceNs; // without a turn of schedule
    private const long StuckBusyNs = SliceNs / 2; // of processor time after the request to yield
    private const long StuckUnknownNs = 21 * SliceNs; // where neither shows: the initialisation of a class, or a system that does not tell
    private static readonly Semaphore s_sleep = Os.Current.semacreate();
    private static int s_asleep, s_started;

    /// <summary>Counted for RuntimeStats, by sysmon alone.</summary>
    internal static long Preemptions, Retakes, SparesAdded;

    /// <summary>A P is about to be run: sysmon must watch.</summary>
    internal static void Wake()
    {
        if (Volatile.Read(ref s_asleep) == 1 && Interlocked.Exchange(ref s_asleep, 0) == 1)
        {
            WaitClock.Update();
            s_sleep.semawakeup();
        }
    }

    internal static void Start()
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
            Os.Current.newosproc(Loop, 256 * 1024, "weft sysmon");
    }

    private static void Loop()
    {
        Os.Current.minit();
        var quiet = 0;
        var delay = MinUs;
        var counted = 0L;
        while (true)
        {
            if (quiet == 0)
                delay = MinUs;
            else if (quiet > QuietLooks)
                delay = Math.Min(delay * 2, MaxUs);
            Os.Current.usleep(delay);
            WaitClock.Update();
            if (AllIdle())
            {
                Proc.sparep(0);
                if (SleepWhileIdle())
                {
                    quiet = 0;
                    continue;
                }
            }
            var now = Os.nanotime();
            quiet = Retake(now, out var stuck) != 0 ? 0 : quiet + 1;
            // Up at once, down slowly: those who wait for one lock are stuck again and again.
            if (stuck > sched.spare)
            {
                SparesAdded += stuck - sched.spare;
                Proc.sparep(stuck);
                counted = now;
                WeftEventSource.Log.SpareProcessors(stuck, Proc.gomaxprocs());
            }
            else if (stuck < sched.spare && counted + SliceNs <= now)
            {
                Proc.sparep(sched.spare - 1);
                counted = now;
            }
        }
    }

    // Both: the list of idle Ps loses one before its status changes, and a P above MaxProcs may still be in a foreign call.
    private static bool AllIdle()
    {
        if (Volatile.Read(ref sched.npidle) < sched.gomaxprocs)
            return false;
        foreach (var p in sched.allp)
            if (p.status is PStatus.Running or PStatus.Syscall)
                return false;
        return true;
    }

    private static bool SleepWhileIdle()
    {
        Interlocked.Exchange(ref s_asleep, 1); // full barrier before looking again; pairs with the interlocked change of npidle before Wake
        var idle = AllIdle();
        for (var look = Checkdead.FirstLookNs; Volatile.Read(ref s_asleep) == 1 && AllIdle(); look = Math.Min(look * 2, Checkdead.RarestLookNs))
            if (!s_sleep.semasleep(look))
                Checkdead.Run();
        Interlocked.Exchange(ref s_asleep, 0);
        return idle;
    }

    /// <summary>One look at all Ps; returns how many were taken out of foreign calls.</summary>
    internal static int Retake(long now, out int stuck)
    {
        var n = 0;
        stuck = 0;
        foreach (var p in sched.allp)
        {
            var status = p.status;
            if (status is not (PStatus.Running or PStatus.Syscall))
                continue;
            ref var seen = ref p.sysmontick;
            var slice = false;
            var tick = Volatile.Read(ref p.schedtick);
            if (seen.schedtick != tick)
            {
                seen.schedtick = tick;
                seen.schedwhen = now;
                seen.asked = null;
            }
            else if (seen.schedwhen + SliceNs <= now)
            {
                slice = true;
                if (status == PStatus.Running)
                {
                    Preempt(p);
                    if (p.m is { curg: not null } m && IsStuck(m, ref seen, now - seen.schedwhen))
                    {
                        stuck++;
                        Proc.spill(p);
                    }
                }
            }
            if (status != PStatus.Syscall)
                continue;
            tick = Volatile.Read(ref p.syscalltick);
            if (!slice && seen.syscalltick != tick)
            {
                seen.syscalltick = tick;
                seen.syscallwhen = now;
                continue;
            }
            if (p.runq.IsEmpty && Volatile.Read(ref sched.nmspinning) + Volatile.Read(ref sched.npidle) > 0 && seen.syscallwhen + SliceNs > now)
                continue;
            if (!p.cas(PStatus.Syscall, PStatus.Running)) // Running without an M, as after releasep: it may be stolen from until an M has it
                continue;
            n++;
            Retakes++;
            p.m = null;
            p.syscalltick++;
            Proc.retake(p);
        }
        return n;
    }

    private static bool IsStuck(M m, ref SysmonTick seen, long ns)
    {
        var cputime = Os.Current.cputime(m.cpuclock);
        if (seen.asked != m)
        {
            seen.asked = m;
            seen.cputime = cputime;
        }
        return cputime >= 0 && cputime - seen.cputime >= StuckBusyNs ||
            ns >= StuckBlockedNs && (m.thread.ThreadState & ThreadState.WaitSleepJoin) != 0 ||
            ns >= StuckUnknownNs;
    }

    // The goroutine may have moved on meanwhile; then another one yields once for nothing.
    private static void Preempt(P p)
    {
        if (!p.preempt)
            Preemptions++;
        p.preempt = true;
        if (p.m?.curg is { } g)
            Volatile.Write(ref g.stackguard, G.StackPreempt);
    }
}

internal static unsafe partial class Proc
{
    private static readonly RunQueue s_spilled = new(); // sysmon's

    /// <summary>sysmon: what waits behind a stuck goroutine goes to the queue at which every P looks.</summary>
    internal static void spill(P p)
    {
        while (p.runq.Steal(s_spilled, stealRunnext: true, p) is { } g)
        {
            globrunqput(g);
            while (s_spilled.Get(out _) is { } next)
                globrunqput(next);
        }
    }

    /// <summary>sysmon: hands on a P that it has taken out of a foreign call.</summary>
    internal static void retake(P p)
    {
        if (Trace.Enabled)
            Event(TraceEvent.retake, null);
        handoffp(p, null);
    }
}
