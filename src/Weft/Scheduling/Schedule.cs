// schedule, findRunnable, execute: one turn of an M.
//
// All of it runs on g0. schedule is called by mstart's loop and returns when the goroutine has left its stack; the depth of g0 at its
// entry is therefore the same for ever (a test asserts it).
//
// findRunnable looks, in this order: timers of this P; every 61st tick the global queue, so that two goroutines that ready each other
// cannot starve it; the local queue, runnext first; a batch of the global queue; other Ps' queues and timers, in random order, if not
// too many Ms do so already; then it gives the P up, looks at everything once more (see Sched.cs), and sleeps.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    private const uint GlobalTick = 61;

    private static void schedule(M m)
    {
        if (Trace.Enabled)
            Event(TraceEvent.schedule, null);
        if (Check.On)
            Check.Schedule(m);
        if (m.lockedg is not null)
        {
            execute(m, stoplockedm(m), inheritTime: false);
            return;
        }
        G? g;
        bool inheritTime;
        while (true)
        {
            g = findRunnable(m, out inheritTime);
            if (g is null)
                return; // the thread ends
            if (m.spinning)
                resetspinning(m);
            if (g.lockedm is null)
                break;
            startlockedm(m, g);
        }
        execute(m, g, inheritTime);
    }

    private static void execute(M m, G g, bool inheritTime)
    {
        begin(m, g, inheritTime);
        G? next = g;
        do
            next = gogo(next);
        while (next is not null);
    }

    /// <summary>Runnable to Running: g becomes the current goroutine of m.</summary>
    private static void begin(M m, G g, bool inheritTime)
    {
        g.casgstatus(GStatus.Runnable, GStatus.Running);
        g.stackguard = Chaos.On ? nuint.MaxValue : g.exiting ? G.StackPreempt : m.stackguard;
        if (!inheritTime)
            m.p!.schedtick++;
        enter(m, g);
        if (Trace.Enabled)
            Event(TraceEvent.execute, g);
    }

    /// <summary>Blocks until there is a goroutine to run; null if the M has been idle for so long that its thread ends.</summary>
    private static G? findRunnable(M m, out bool inheritTime)
    {
        inheritTime = false;
        while (!m.exiting)
        {
            var p = m.p!;
            if (p.id >= sched.gomaxprocs)
            {
                retirep(m);
                continue;
            }
            G? g;
            if (p.preempt)
            {
                // The time slice that runnext would inherit is over: it goes where a goroutine that is preempted goes. Before the timers:
                // whom they wake has waited, and would wait for another slice of the one that has just been preempted.
                p.preempt = false;
                if (p.runq.TakeNext() is { } heir)
                    globrunqput(heir);
            }
            long now = 0;
            if (p.timers.Next != 0)
                now = p.timers.Run(0, m);
            if (p.compact)
            {
                p.compact = false;
                p.allgs.Compact();
            }
            if (p.schedtick % GlobalTick == 0 && Volatile.Read(ref sched.runqsize) != 0)
            {
                sched.@lock.Lock();
                g = sched.globrunqget();
                sched.@lock.Unlock();
                if (g is not null)
                    return g;
            }

            g = p.runq.Get(out inheritTime);
            if (g is not null)
                return g;

            if (Volatile.Read(ref sched.runqsize) != 0)
            {
                g = globrunqgetbatch(p);
                if (g is not null)
                    return g;
            }

            // Spinning Ms are at most half of the busy ones: with more, low parallelism would burn all cores.
            if (m.spinning || 2 * Volatile.Read(ref sched.nmspinning) < sched.gomaxprocs - Volatile.Read(ref sched.npidle))
            {
                if (!m.spinning)
                    becomespinning(m);
                g = stealWork(m, p, ref now, out var ranTimer, out inheritTime);
                if (g is not null)
                    return g;
                if (ranTimer)
                    continue; // timers may have made local work
            }

            if (giveUpP(m, p) is { } last)
                return last;
        }
        return null;
    }

    /// <summary>Nothing was found: gives the P up, looks again, sleeps. Returns work that came in the meantime, or null to look anew.</summary>
    private static G? giveUpP(M m, P p)
    {
        sched.@lock.Lock();
        if (sched.globrunqget() is { } g)
        {
            sched.@lock.Unlock();
            return g;
        }
        if (!m.spinning && sched.needspinning == 1)
        {
            // A submitter found no idle P just now; look once more, as a spinner.
            sched.@lock.Unlock();
            becomespinning(m);
            return null;
        }
        m.p = null;
        p.m = null;
        putidlep(p);
        sched.@lock.Unlock();

        var wasSpinning = m.spinning;
        if (wasSpinning)
        {
            m.spinning = false;
            // Full barrier: the park side of the protocol in Sched.cs. First give up spinning, then look at every queue; a submitter
            // queues first and then looks for spinners. Pairs with the barrier before wakep.
            if (Interlocked.Decrement(ref sched.nmspinning) < 0)
                Fatal.Throw("findrunnable: negative nmspinning");
        }
        // A submitter that saw no idle P has set needspinning and then read npidle again (wakep): one of us sees the other.
        var lookAgain = wasSpinning ? anyWork() : Volatile.Read(ref sched.needspinning) == 1;
        if (lookAgain && takeIdleP(m))
        {
            becomespinning(m);
            return null;
        }
        ThreadContext.Clear(m); // a sleeping M must not keep alive what its last goroutine's context holds
        if (!sleepUntilTimer(m))
            stopm(m);
        return null;
    }

    /// <summary>
    /// The note of a submitter that found no idle P is taken down here and nowhere else: by one who is about to look at every queue. The
    /// increment is the full barrier between the two.
    /// </summary>
    private static void becomespinning(M m)
    {
        if (Check.On)
            Check.Spin(m);
        m.spinning = true;
        Volatile.Write(ref sched.needspinning, 0);
        Interlocked.Increment(ref sched.nmspinning);
    }

    private static bool anyWork()
    {
        if (Volatile.Read(ref sched.runqsize) != 0)
            return true;
        foreach (var p in sched.allp)
            if (!p.runq.IsEmpty)
                return true;
        return false;
    }

    private static bool takeIdleP(M m)
    {
        sched.@lock.Lock();
        var p = sched.pidleget();
        sched.@lock.Unlock();
        if (p is null)
            return false;
        acquirep(m, p);
        Sysmon.Wake(); // it sleeps while every P is idle
        return true;
    }

    private static G? globrunqgetbatch(P p)
    {
        sched.@lock.Lock();
        var n = Math.Min(sched.runqsize, sched.runqsize / sched.gomaxprocs + 1);
        n = Math.Min(n, (int)RunQueue.Capacity / 2);
        var g = sched.globrunqget();
        // The local ring is empty: whoever calls has just looked, and only the owner fills it.
        for (n--; n > 0 && sched.globrunqget() is { } other; n--)
            p.runq.TryPut(other);
        sched.@lock.Unlock();
        return g;
    }

    private static G? stealWork(M m, P p, ref long now, out bool ranTimer, out bool inheritTime)
    {
        const int Rounds = 4;
        ranTimer = inheritTime = false;
        var all = sched.allp;
        var count = (uint)all.Length;
        for (var round = 0; round < Rounds; round++)
        {
            var lastRound = round == Rounds - 1;
            var order = new StealOrder(p.cheaprand(), count);
            for (uint i = 0; i < count; i++, order.Next())
            {
                var victim = all[order.Position];
                if (victim == p)
                    continue;
                if (lastRound && victim.timers.Next is var when && when != 0)
                {
                    if (now == 0)
                        now = Os.nanotime();
                    if (when <= now) // else to look anew would be to spin until it is due
                    {
                        victim.timers.Run(now, m);
                        if (p.runq.Get(out inheritTime) is { } readied)
                            return readied;
                        ranTimer = true;
                    }
                }
                if (victim.status is PStatus.Running or PStatus.Syscall && victim.runq.Steal(p.runq, lastRound, victim) is { } g)
                {
                    if (Trace.Enabled)
                        Event(TraceEvent.steal, g);
                    return g;
                }
            }
        }
        return null;
    }

    /// <summary>The M found work: one spinner less. If it was the last, another may have to take over.</summary>
    private static void resetspinning(M m)
    {
        m.spinning = false;
        if (Interlocked.Decrement(ref sched.nmspinning) < 0)
            Fatal.Throw("findrunnable: negative nmspinning");
        wakep(m);
    }

    /// <summary>Owner: queues a goroutine on its P.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void runqput(P p, G g, bool next)
    {
        if (Trace.Enabled)
            Event(next ? TraceEvent.runnext : TraceEvent.runqput, g);
        if (next)
        {
            var old = p.runq.SetNext(g);
            if (old is null)
                return;
            g = old; // kicked out to the tail
        }
        if (!p.runq.TryPut(g))
            runqputslow(p, g);
    }

    /// <summary>The ring is full: half of it and g, in order, to the tail of the global queue.</summary>
    private static void runqputslow(P p, G g)
    {
        do
        {
            var n = p.runq.TakeHalf(g, p.overflow, out var first, out var last);
            if (n == 0)
                continue;
            sched.@lock.Lock();
            sched.globrunqputbatch(first, last, n);
            sched.@lock.Unlock();
            return;
        }
        while (!p.runq.TryPut(g)); // a thief has made room
    }

    /// <summary>Queues a goroutine from a thread without a P.</summary>
    private static void globrunqput(G g)
    {
        if (Trace.Enabled)
            Event(TraceEvent.globrunqput, g);
        sched.@lock.Lock();
        sched.globrunqput(g);
        sched.@lock.Unlock();
        wakep(null);
    }
}

/// <summary>Visits every P once in a pseudo-random order: a random start and a step that is coprime with their number.</summary>
internal struct StealOrder
{
    private readonly uint _count, _step;

    internal StealOrder(uint random, uint count)
    {
        _count = count;
        Position = random % count;
        _step = random / count % count;
        while (Gcd(_step, count) != 1)
            _step = (_step + 1) % count;
    }

    internal uint Position { get; private set; }

    internal void Next()
    {
        Position += _step;
        if (Position >= _count)
            Position -= _count;
    }

    // Gcd(0, 1) is 1: a single P has the step 0.
    private static uint Gcd(uint a, uint b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
