// P: the right to run goroutines, with its local queues.
//
// Invariants: a P is Running and owned by one M, or in Syscall and left behind by one that calls foreign code, or Idle and in the scheduler's
// idle list, or Dead (above MaxProcs). Except for the run queue's consumers (thieves) and what says otherwise, only the owner touches it.
// A P in Syscall belongs to whoever takes it out by compare-exchange: that M, or sysmon.

namespace Weft.Runtime;

internal enum PStatus
{
    Idle,
    Running,
    Syscall,
    Dead,
}

internal sealed class P(int id)
{
    internal readonly int id = id;

    /// <summary>Written by the owner and under sched.lock, out of Syscall by compare-exchange; read racily by thieves and sysmon, as a hint.</summary>
    internal volatile PStatus status = PStatus.Dead;

    /// <summary>Full barrier if it succeeds.</summary>
    internal bool cas(PStatus from, PStatus to)
    {
        if (Interlocked.CompareExchange(ref status, to, from) != from)
            return false;
        if (Check.On)
            Check.Retaken(this);
        return true;
    }

    /// <summary>The owner, or null; in Syscall the M that has left it behind.</summary>
    internal M? m;

    /// <summary>Counts time slices: every execute that does not inherit one. Read by sysmon.</summary>
    internal uint schedtick;

    /// <summary>
    /// Set by sysmon when the time slice is over, taken down by the owner in findRunnable. A request in the goroutine alone would never be
    /// seen by a pair that ready each other: each begins anew with every turn, and no prologue lies between.
    /// </summary>
    internal volatile bool preempt;

    /// <summary>Counts foreign calls: their ends, and Ps taken away from them. Written by the owner.</summary>
    internal uint syscalltick;

    /// <summary>What sysmon saw last; sysmon's own.</summary>
    internal SysmonTick sysmontick;

    internal RunQueue runq = new();

    /// <summary>Scratch for the overflow of the run queue.</summary>
    internal readonly G[] overflow = new G[RunQueue.Capacity / 2 + 1];

    internal readonly Timers timers = new(id);

    /// <summary>Next P in the idle list; under sched.lock.</summary>
    internal P? link;

    /// <summary>In the idle list; the checker's own.</summary>
    internal bool idle;

    // Dead Gs, linked by schedlink.
    internal G? gFree;
    internal int gFreeCount;

    // A block of ids reserved from sched.goidgen.
    internal long goidcache, goidcacheend;

    /// <summary>State of the owner's xorshift generator.</summary>
    internal uint rand = (uint)(id + 1) * 2654435769u | 1;

    /// <summary>Gs that it made were let go: the owner is to drop them from <see cref="allgs"/>. Losing a request costs memory until the next.</summary>
    internal bool compact;

    /// <summary>All Gs made on this P. Appended by the owner; read by dumps, which may miss the newest.</summary>
    internal readonly AllGs allgs = new();

    internal uint cheaprand()
    {
        var x = rand;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return rand = x;
    }
}
