// Ms and Ps: making, waking, sleeping, handing over.
//
// An M sleeps on its semaphore with nextp null and is woken with nextp set; a token without a nextp is an old one (from a timer wake that
// came late) and is swallowed. Ms without work are in sched's idle list; Ms whose goroutine is pinned are in no list, their goroutine is.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    /// <summary>Room that plain and foreign callees must find above the end of the thread's stack, and what their caller may use up before.</summary>
    private const nuint StackReserve = ForeignReserve + 64 * 1024;

    /// <summary>How long an idle thread is kept.</summary>
    internal static long IdleThreadNs = 10_000_000_000;

    /// <summary>Stack of our threads where the platform's default is smaller or cannot be asked.</summary>
    private const int MinStack = 1536 * 1024;

    static Proc()
    {
        var n = Environment.GetEnvironmentVariable("WEFT_MAXPROCS") is { } s && int.TryParse(s, out var wanted) && wanted > 0
            ? wanted : Environment.ProcessorCount;
        procresize(n);
        Cgocallback.Prepare();
        Scavenger.Start();
    }

    /// <summary>Makes sure that the scheduler exists.</summary>
    internal static void Init()
    {
        // The static constructor has run once anything of this class is touched.
    }

    // Waking.

    /// <summary>After work was queued: starts one M if none spins and a P is idle. The submit side of Sched.cs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void wakep(M? m)
    {
        // One P, and we run on it: nobody to wake.
        if (sched.gomaxprocs == 1 && m?.p is not null)
            return;
        // Full barrier between queuing and looking for spinners; pairs with the decrement of nmspinning in giveUpP.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref sched.nmspinning) == 0)
            wakepSlow();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void wakepSlow()
    {
        if (Volatile.Read(ref sched.npidle) == 0)
        {
            if (Volatile.Read(ref sched.needspinning) == 1)
                return;
            // Full barrier between the note and the second look: an M that goes idle raises npidle and then reads the note.
            Interlocked.Exchange(ref sched.needspinning, 1);
            if (Volatile.Read(ref sched.npidle) == 0)
                return;
        }
        if (Interlocked.CompareExchange(ref sched.nmspinning, 1, 0) != 0)
            return;
        sched.@lock.Lock();
        var p = sched.pidleget();
        sched.@lock.Unlock();
        if (p is null)
        {
            if (Interlocked.Decrement(ref sched.nmspinning) < 0)
                Fatal.Throw("wakep: negative nmspinning");
            return;
        }
        startm(p, spinning: true);
    }

    /// <summary>Runs P on an idle M, or on a new one.</summary>
    private static void startm(P p, bool spinning)
    {
        if (Trace.Enabled)
            Event(TraceEvent.startm, null);
        Sysmon.Wake();
        sched.@lock.Lock();
        var m = sched.mget();
        sched.@lock.Unlock();
        if (m is null)
        {
            newm(p, spinning);
            return;
        }
        if (Check.On)
            Check.Spin(m);
        m.spinning = spinning;
        wakeM(m, p);
    }

    private static void wakeM(M m, P p)
    {
        if (Check.On)
            Check.HandOver(m, p);
        Volatile.Write(ref m.nextp, p);
        m.park.semawakeup();
    }

    private static void newm(P p, bool spinning)
    {
        var m = new M(Interlocked.Increment(ref sched.mcount) - 1, foreign: false) { nextp = p, spinning = spinning };
        Interlocked.Increment(ref sched.nm);
        var (_, size) = Os.Current.StackBounds();
        TemplateThread.newosproc(() => mstart(m), size == 0 ? MinStack : 0, $"weft m{m.id}");
        Sysmon.Start();
    }

    /// <summary>The base of g0.</summary>
    private static void mstart(M m)
    {
        M.SetCurrent(m);
        Os.Current.minit();
        byte here;
        m.g0base = (nuint)(&here);
        var (low, size) = Os.Current.StackBounds();
        if (size == 0)
            (low, size) = (m.g0base - MinStack + 4096, MinStack);
        m.stackguard = low + Math.Min(StackReserve, size / 2);
        m.thread = Thread.CurrentThread;
        m.cpuclock = Os.Current.cpuclock();
        if (Trace.Enabled)
            Event(TraceEvent.mstart, null);
        if (m.lockedg is null) // else its goroutine comes with a P, perhaps by now: schedule waits for both
        {
            acquirep(m, m.nextp!);
            m.nextp = null;
        }
        while (!m.exiting)
            schedule(m);
        Interlocked.Decrement(ref sched.nm);
    }

    // Sleeping.

    /// <summary>
    /// No work: into the idle list until somebody brings a P. After a time in which nobody did, the thread ends: a peak of blocked threads
    /// leaves nothing behind (Go keeps its threads for ever).
    /// </summary>
    private static void stopm(M m)
    {
        if (Trace.Enabled)
            Event(TraceEvent.stopm, null);
        ThreadContext.Clear(m);
        sched.@lock.Lock();
        sched.mput(m);
        sched.@lock.Unlock();
        while (Volatile.Read(ref m.nextp) is null)
        {
            if (m.park.semasleep(IdleThreadNs) || Volatile.Read(ref m.nextp) is not null)
                continue;
            sched.@lock.Lock();
            m.exiting = sched.mremove(m); // else somebody has taken it out and is about to bring a P
            sched.@lock.Unlock();
            if (m.exiting)
                return;
        }
        acquirep(m, m.nextp!);
        m.nextp = null;
    }

    private static void ParkM(M m)
    {
        while (true)
        {
            m.park.semasleep(-1);
            if (Volatile.Read(ref m.nextp) is not null)
                break;
            Volatile.Read(ref m.stackRequest)?.Serve(m.curg);
        }
        acquirep(m, m.nextp!);
        m.nextp = null;
    }

    /// <summary>Gives this M's P to the M that the goroutine is bound to, and sleeps.</summary>
    private static void startlockedm(M m, G g)
    {
        var to = g.lockedm!;
        wakeM(to, releasep(m));
        stopm(m);
    }

    // Handing over.

    private static void acquirep(M m, P p)
    {
        if (Check.On)
            Check.Acquire(m, p);
        m.p = p;
        p.m = m;
        p.status = PStatus.Running;
    }

    private static P releasep(M m)
    {
        if (Check.On)
            Check.Release(m);
        var p = m.p!;
        m.p = null;
        p.m = null;
        return p;
    }

    /// <summary>A P leaves a blocked M: to another M if there is or may be work for it, else to the idle list.</summary>
    private static void handoffp(P p, M? m)
    {
        if (Trace.Enabled)
            Event(TraceEvent.handoffp, null);
        if (!p.runq.IsEmpty || Volatile.Read(ref sched.runqsize) != 0)
        {
            startm(p, spinning: false);
            return;
        }
        // No local work; but if nobody looks for work, somebody must.
        if (Volatile.Read(ref sched.nmspinning) + Volatile.Read(ref sched.npidle) == 0 &&
            Interlocked.CompareExchange(ref sched.nmspinning, 1, 0) == 0)
        {
            startm(p, spinning: true);
            return;
        }
        sched.@lock.Lock();
        if (Volatile.Read(ref sched.runqsize) != 0)
        {
            sched.@lock.Unlock();
            startm(p, spinning: false);
            return;
        }
        putidlep(p);
        sched.@lock.Unlock();
        wakeTimerSleeper((p.id < sched.gomaxprocs ? p : sched.allp[0]).timers.Next);
    }

    /// <summary>Under sched.lock: into the idle list, or out of use.</summary>
    private static void putidlep(P p)
    {
        if (p.id < sched.gomaxprocs)
            sched.pidleput(p);
        else
            sched.pdestroy(p);
    }

    // MaxProcs.

    /// <summary>
    /// Changes how many Ps may run. New ones are idle at once; of those above the limit the idle ones are out at once, and a running one
    /// when its M next schedules: its queue goes to the global one.
    /// </summary>
    internal static void procresize(int n)
    {
        sched.@lock.Lock();
        resize(n + sched.spare);
    }

    /// <summary>What was asked for, without the spare ones.</summary>
    internal static int gomaxprocs()
    {
        sched.@lock.Lock();
        var n = sched.gomaxprocs - sched.spare;
        sched.@lock.Unlock();
        return n;
    }

    /// <summary>Sysmon: changes how many Ps there are in place of stuck ones.</summary>
    internal static void sparep(int n)
    {
        if (n == sched.spare)
            return;
        if (Trace.Enabled)
            Event(TraceEvent.sparep, null);
        sched.@lock.Lock();
        var asked = sched.gomaxprocs - sched.spare;
        sched.spare = n;
        resize(asked + n);
    }

    // Unlocks.
    private static void resize(int n)
    {
        var old = sched.allp;
        if (n > old.Length)
        {
            var larger = new P[n];
            old.CopyTo(larger, 0);
            for (var i = old.Length; i < n; i++)
                larger[i] = new P(i);
            Volatile.Write(ref sched.allp, larger);
        }
        sched.gomaxprocs = n;
        sched.pidletrim();
        foreach (var p in sched.allp)
            if (p.id < n && p.status == PStatus.Dead)
                sched.pidleput(p);
        sched.@lock.Unlock();
        wakeTimerSleeper(sched.allp[0].timers.Next);
        wakep(null);
    }

    /// <summary>Owner: the P is above MaxProcs. Hands its work to the others and stops the M.</summary>
    private static void retirep(M m)
    {
        var p = releasep(m);
        sched.@lock.Lock();
        if (p.id < sched.gomaxprocs)
        {
            sched.@lock.Unlock();
            acquirep(m, p);
            return;
        }
        sched.globrunqputhead(p.runq);
        while (p.gFree is { } dead)
        {
            p.gFree = dead.schedlink;
            p.gFreeCount--;
            sched.gfput(dead);
        }
        sched.pdestroy(p);
        sched.@lock.Unlock();
        if (m.spinning)
        {
            m.spinning = false;
            Interlocked.Decrement(ref sched.nmspinning);
        }
        wakeTimerSleeper(sched.allp[0].timers.Next);
        wakep(null);
        stopm(m);
    }

    // Tracing.

    internal static void Event(TraceEvent e, G? g) => Event(e, g, g?.goid ?? 0);

    private static void Event(TraceEvent e, G? g, long goid)
    {
        if (Trace.Hook is not { } hook)
            return;
        byte here;
        var m = M.Current;
        hook(new TraceRecord(e, goid, m is null || m.foreign ? -1 : m.id, m?.p?.id ?? -1, m is null || m.foreign ? 0 : (long)(m.g0base - (nuint)(&here))));
    }
}
