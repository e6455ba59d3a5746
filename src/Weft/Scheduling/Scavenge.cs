// Scavenge: G records go back to the collector after a peak.
//
// Go keeps every G record for ever. Here a dead G that nobody has needed between two full collections is let go: the least that the global
// free list held in that time (`gFreeLow`) was superfluous. Ps keep their few dozen.
//
//     finalizer thread, after each full collection    takes the superfluous ones off the global free list (Dead -> Idle), asks all Ps
//     each P                                          drops them from the list of all Gs that it made (AllGs.Compact)
//
// Only its owner changes the list of a P: at its next turn, or at once under sched.lock where it has none. Until then `gFreed` says how many
// records are listed that are neither alive nor free.
//
// Rejected: weak references to all Gs (a handle each costs more than the G); to let go at the end of each goroutine (a burst would allocate).

namespace Weft.Runtime;

/// <summary>Is finalized by every full collection, and comes back.</summary>
[NotWoven]
internal sealed class Scavenger
{
    private Scavenger()
    {
    }

    internal static void Start() => _ = new Scavenger();

    ~Scavenger()
    {
        if (Environment.HasShutdownStarted)
            return;
        // Young at first: collections of younger generations come by, too, until it is old.
        if (GC.GetGeneration(this) == GC.MaxGeneration)
            Proc.scavenge();
        GC.ReRegisterForFinalize(this);
    }
}

internal static unsafe partial class Proc
{
    private const int ScavengeBatch = 1000; // at a time under sched.lock

    /// <summary>Lets go of the Gs that were superfluous since the last time.</summary>
    internal static void scavenge()
    {
        sched.@lock.Lock();
        var superfluous = Math.Min(sched.gFreeLow, sched.gFreeCount);
        sched.@lock.Unlock();
        var left = superfluous;
        while (left > 0)
        {
            sched.@lock.Lock();
            var n = 0;
            while (n < Math.Min(left, ScavengeBatch) && sched.gfget() is { } g)
            {
                if (Check.On)
                    Check.Take(g, Place.Free);
                g.casgstatus(GStatus.Dead, GStatus.Idle);
                n++;
            }
            Interlocked.Add(ref sched.gFreed, n);
            sched.@lock.Unlock();
            left = n == 0 ? 0 : left - n;
        }
        sched.@lock.Lock();
        sched.gFreeLow = sched.gFreeCount;
        if (superfluous != 0)
        {
            sched.allgs.Compact();
            foreach (var p in sched.allp)
                if (p.status is PStatus.Idle or PStatus.Dead)
                    p.allgs.Compact();
                else
                    p.compact = true; // it may go idle before it sees this: then it is done next time
        }
        sched.@lock.Unlock();
    }
}
