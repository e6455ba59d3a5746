// sched: what all Ms share.
//
// `lock` guards the lists of idle Ms and Ps, the global run queue and the global free list. Counters that are read without the
// lock are written atomically, and are hints but for the two protocols below.
//
// Worker threads park and unpark (the hard part). We want as many running Ms as there is parallelism to use, no more. The state
// is spread over the Ps, so "is there work?" has no single answer to wait for. Rejected, as in Go: one central queue (does not
// scale); waking an M for every readied goroutine (a storm of wakes that find nothing); handing the P to the M that readies (loses
// locality). In use: an M is *spinning* when it has no work and looks for it. Readying wakes an M only if none spins and a P is
// idle; an M that spins and finds work wakes the next one if it was the last that span. The two sides:
//
//     submit: queue the goroutine;            park: nmspinning--;
//             full barrier;                         full barrier;
//             if nmspinning == 0, wakep.            look at every queue again.
//
// Either the submitter sees no spinner and wakes one, or the parker sees the goroutine. The barriers are the interlocked
// operations in `wakep` and in `giveUpP`; each says so.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static class sched
{
    internal static RuntimeLock<Ranks.Sched> @lock;

    // Idle Ms and Ps, LIFO, and their counts.
    private static M? s_midle;
    private static P? s_pidle;
    internal static int nmidle, npidle;

    internal static int nmspinning;

    /// <summary>Set when a wake found no idle P: an M about to go idle takes one more look.</summary>
    internal static int needspinning;

    // The global run queue.
    private static G? s_head, s_tail;
    internal static int runqsize;

    // The global list of dead Gs.
    private static G? s_gFree;
    internal static int gFreeCount;

    /// <summary>The least that it held since the last full collection; and Gs that were let go but are still listed. See Scavenge.cs.</summary>
    internal static int gFreeLow, gFreed;

    internal static long goidgen;

    /// <summary>The main goroutine of a woven program, until it ends.</summary>
    internal static G? maing;

    /// <summary>Ms that ever were, and those that are.</summary>
    internal static int mcount, nm;

    /// <summary>Gs made on threads without a P.</summary>
    internal static readonly AllGs allgs = new();

    /// <summary>All Ps that ever were; index = id. Replaced, never shrunk.</summary>
    internal static P[] allp = [];

    /// <summary>How many of them may run: MaxProcs and the spare ones.</summary>
    internal static int gomaxprocs;

    /// <summary>How many of these are there for others that are stuck (Sysmon.cs).</summary>
    internal static int spare;

    // Under lock: idle Ms.

    internal static void mput(M m)
    {
        if (Check.On)
            Check.Stop(m);
        m.link = s_midle;
        s_midle = m;
        nmidle++;
    }

    internal static M? mget()
    {
        var m = s_midle;
        if (m is not null)
        {
            s_midle = m.link;
            m.link = null;
            nmidle--;
            if (Check.On)
                Check.Start(m);
        }
        return m;
    }

    /// <summary>Takes an M out of the idle list; false if it is not there.</summary>
    internal static bool mremove(M m)
    {
        if (s_midle == m)
        {
            mget();
            return true;
        }
        for (var before = s_midle; before is not null; before = before.link)
        {
            if (before.link != m)
                continue;
            before.link = m.link;
            m.link = null;
            nmidle--;
            if (Check.On)
                Check.Start(m);
            return true;
        }
        return false;
    }

    // Under lock: idle Ps.

    internal static void pidleput(P p)
    {
        if (Check.On)
            Check.Retire(p, PStatus.Idle);
        p.status = PStatus.Idle;
        p.link = s_pidle;
        s_pidle = p;
        Interlocked.Increment(ref npidle);
    }

    internal static P? pidle => s_pidle;

    internal static P? pidleget()
    {
        var p = s_pidle;
        if (p is not null)
        {
            s_pidle = p.link;
            p.link = null;
            Interlocked.Decrement(ref npidle);
            if (Check.On)
                Check.Unretire(p);
        }
        return p;
    }

    /// <summary>Under lock: takes Ps above MaxProcs out of the idle list.</summary>
    internal static void pidletrim()
    {
        P? kept = null;
        while (pidleget() is { } p)
        {
            if (p.id >= gomaxprocs)
            {
                pdestroy(p);
                continue;
            }
            p.link = kept;
            kept = p;
        }
        while (kept is { } p)
        {
            kept = p.link;
            pidleput(p);
        }
    }

    /// <summary>Under lock: the P, which has nothing to run, is out of use. Its timers go to one that is not: nobody looks here while others have work.</summary>
    internal static void pdestroy(P p)
    {
        if (Check.On)
            Check.Retire(p, PStatus.Dead);
        p.status = PStatus.Dead;
        p.timers.MoveTo(allp[0].timers);
    }

    // Under lock: global run queue.

    internal static void globrunqput(G g) => globrunqputbatch(g, g, 1);

    internal static void globrunqputbatch(G first, G last, int n)
    {
        last.schedlink = null;
        if (Check.On)
            Check.PutGlobal(first);
        if (s_tail is null)
            s_head = first;
        else
            s_tail.schedlink = first;
        s_tail = last;
        Volatile.Write(ref runqsize, runqsize + n);
    }

    /// <summary>All that the owner of a local queue has, to the head, in its order, runnext first: they have waited longer.</summary>
    internal static void globrunqputhead(RunQueue runq)
    {
        if (runq.Get(out _) is not { } first)
            return;
        var (last, n) = (first, 1);
        for (; runq.Get(out _) is { } g; n++)
        {
            last.schedlink = g;
            last = g;
        }
        if (Check.On)
            Check.PutGlobal(first);
        last.schedlink = s_head;
        s_head = first;
        s_tail ??= last;
        Volatile.Write(ref runqsize, runqsize + n);
    }

    internal static G? globrunqget()
    {
        var g = s_head;
        if (g is null)
            return null;
        s_head = g.schedlink;
        if (s_head is null)
            s_tail = null;
        g.schedlink = null;
        Volatile.Write(ref runqsize, runqsize - 1);
        if (Check.On)
            Check.Take(g, Place.Global);
        return g;
    }

    // Under lock: global free list.

    internal static void gfput(G g)
    {
        g.schedlink = s_gFree;
        s_gFree = g;
        gFreeCount++;
    }

    internal static G? gfget()
    {
        var g = s_gFree;
        if (g is not null)
        {
            s_gFree = g.schedlink;
            g.schedlink = null;
            gFreeCount--;
            gFreeLow = Math.Min(gFreeLow, gFreeCount);
        }
        return g;
    }
}
