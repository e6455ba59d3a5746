// sysmon: a thread without a P that watches the others.
//
// A P whose schedtick has not moved for 10 ms runs one goroutine, or a pair that inherits its slice, for that long: the guard of the
// goroutine that runs there is set so that its next prologue yields, and the P is told, so that its next schedule lets nobody inherit
// the slice. Both are requests: a loop without a call sees neither.
//
// A P whose goroutine then blocks its thread in a call that nobody announced (a contended Monitor in plain code, the initialisation of a
// class, a semaphore), or computes on without a prologue, is stuck: whoever could end the wait may be a goroutine that needs a P. For
// each stuck P there is one spare P beyond MaxProcs, so that the number of Ps that move stays the same. Rejected: taking the P away, as Go
// does from system calls; here the code that holds it is plain, and does not ask on its way back whether it still has one.
//
// While every P is idle it sleeps until the next M to start wakes it, and looks for a deadlock in between (Checkdead.cs).

namespace Weft.Runtime;

[NotWoven]
internal static class Sysmon
{
    private const uint PeriodUs = 10_000; // forcePreemptNS: the time slice
    private const int StuckBlocked = 2, StuckBusy = 20; // periods without a turn of schedule
    private static readonly Semaphore s_sleep = Os.Current.semacreate();
    private static int s_asleep, s_started;

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
            new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "weft sysmon" }.UnsafeStart();
    }

    private static void Loop()
    {
        var seen = new Dictionary<P, (uint Tick, int Periods)>();
        while (true)
        {
            if (Volatile.Read(ref sched.npidle) >= sched.gomaxprocs)
            {
                Proc.sparep(0);
                SleepWhileIdle();
            }
            Os.Current.usleep(PeriodUs);
            WaitClock.Update();
            var stuck = 0;
            foreach (var p in sched.allp)
            {
                var tick = Volatile.Read(ref p.schedtick);
                var periods = p.status == PStatus.Running && seen.TryGetValue(p, out var last) && last.Tick == tick ? last.Periods + 1 : 0;
                if (periods > 0)
                    Preempt(p);
                if (periods >= StuckBlocked && p.m is { curg: not null } m && (periods >= StuckBusy || (m.thread.ThreadState & ThreadState.WaitSleepJoin) != 0))
                    stuck++;
                seen[p] = (tick, periods);
            }
            // Up at once, down slowly: those who wait for one lock are stuck again and again.
            if (stuck > sched.spare)
                Proc.sparep(stuck);
            else if (stuck < sched.spare)
                Proc.sparep(sched.spare - 1);
        }
    }

    private static void SleepWhileIdle()
    {
        Interlocked.Exchange(ref s_asleep, 1); // full barrier before looking again; pairs with the interlocked change of npidle before Wake
        for (var look = Checkdead.FirstLookNs; Volatile.Read(ref s_asleep) == 1 && Volatile.Read(ref sched.npidle) >= sched.gomaxprocs; look = Math.Min(look * 2, Checkdead.RarestLookNs))
            if (!s_sleep.semasleep(look))
                Checkdead.Run();
        Interlocked.Exchange(ref s_asleep, 0);
    }

    // The goroutine may have moved on meanwhile; then another one yields once for nothing.
    private static void Preempt(P p)
    {
        p.preempt = true;
        if (p.m?.curg is { } g)
            Volatile.Write(ref g.stackguard, G.StackPreempt);
    }
}
