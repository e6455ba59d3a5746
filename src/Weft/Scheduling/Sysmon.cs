// sysmon: a thread without a P that watches the others.
//
// A P whose schedtick has not moved for 10 ms runs one goroutine, or a pair that inherits its slice, for that long: the guard of the
// goroutine that runs there is set so that its next prologue yields, and the P is told, so that its next schedule lets nobody inherit
// the slice. Both are requests: a loop without a call sees neither.
// While every P is idle it sleeps for good, and the next M to start wakes it.

namespace Weft.Runtime;

[NotWoven]
internal static class Sysmon
{
    private const uint PeriodUs = 10_000; // forcePreemptNS: the time slice
    private static readonly Semaphore s_sleep = Os.Current.semacreate();
    private static int s_asleep, s_started;

    /// <summary>A P is about to be run: sysmon must watch.</summary>
    internal static void Wake()
    {
        if (Volatile.Read(ref s_asleep) == 1 && Interlocked.Exchange(ref s_asleep, 0) == 1)
            s_sleep.semawakeup();
    }

    internal static void Start()
    {
        if (Interlocked.Exchange(ref s_started, 1) == 0)
            new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "weft sysmon" }.UnsafeStart();
    }

    private static void Loop()
    {
        var seen = new Dictionary<P, uint>();
        while (true)
        {
            if (Volatile.Read(ref sched.npidle) >= sched.gomaxprocs)
                SleepWhileIdle();
            Os.Current.usleep(PeriodUs);
            foreach (var p in sched.allp)
            {
                var tick = Volatile.Read(ref p.schedtick);
                if (p.status == PStatus.Running && seen.TryGetValue(p, out var last) && last == tick)
                    Preempt(p);
                seen[p] = tick;
            }
        }
    }

    private static void SleepWhileIdle()
    {
        Interlocked.Exchange(ref s_asleep, 1); // full barrier before looking again; pairs with the interlocked change of npidle before Wake
        if (Volatile.Read(ref sched.npidle) >= sched.gomaxprocs)
            s_sleep.semasleep(-1);
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
