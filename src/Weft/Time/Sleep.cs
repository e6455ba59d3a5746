// Sleep: a goroutine in a timer heap. And the M that sleeps for the earliest timer.
//
// While Ms run, each looks at its own P's timers at every turn, and at others' when it steals. When an M goes idle and timers are
// pending, one M, the timer sleeper, sleeps with a deadline instead of for ever. Protocol: the sleeper publishes its deadline, then looks
// at all heaps again; whoever adds a timer that is earlier than all in its heap adds it, then looks at the published deadline. Both
// sides have a full barrier between the two, so either the sleeper sees the timer or it is woken.
//
// Where deadlines are dense the sleeper sleeps on until several of them have passed, 200 us at the most. A thread that is woken for each costs more than
// all that the goroutines do, the more so as each wakes another to look for work beside it; and where time is short, all are late: of a million
// sleepers with a deadline every 10 us one in a hundred was 7 ms late, and is 0.2 ms now, for less than half of the processor time. (Go rounds every
// such sleep up to a millisecond.) A few goroutines that sleep for microseconds are no crowd, and are woken in time.

namespace Weft.Runtime;

internal static unsafe partial class Proc
{
    private const long BatchNs = 200_000;

    private static M? s_sleeper;
    private static long s_sleepUntil;

    /// <summary>Hot form: the caller has nothing to save here and returns.</summary>
    internal static void Sleep(G g, TimeSpan d)
    {
        if (!BeginSleep(g, d))
            return;
        if (g.held != 0)
            block(g);
        else
            gopark(g);
    }

    /// <summary>Plain form.</summary>
    internal static void SleepPlain(TimeSpan d)
    {
        var g = M.getg();
        if (g is null)
        {
            if (d > TimeSpan.Zero)
                Thread.Sleep(d.TotalMilliseconds <= int.MaxValue - 1 ? TimeSpan.FromMilliseconds(Math.Ceiling(d.TotalMilliseconds)) : Timeout.InfiniteTimeSpan);
        }
        else if (BeginSleep(g, d))
        {
            block(g);
        }
    }

    private static bool BeginSleep(G g, TimeSpan d)
    {
        if (d <= TimeSpan.Zero)
            return false;
        if (SynctestBubble.On && g.bubble is { } bubble)
        {
            BeginSleep(g, d, bubble);
            return true;
        }
        var now = Os.nanotime();
        var when = now + Math.Min(RuntimeTimer.Nanoseconds(d), long.MaxValue - now);
        var p = g.m!.p!;
        gopark_begin(g, WaitReason.Sleep);
        if (p.timers.Add(when, g))
            wakeTimerSleeper(when);
        return true;
    }

    private static void BeginSleep(G g, TimeSpan d, SynctestBubble bubble)
    {
        var now = bubble.nanotime;
        gopark_begin(g, WaitReason.Sleep);
        bubble.timers.Add(now + Math.Min(RuntimeTimer.Nanoseconds(d), long.MaxValue - now), g);
    }

    internal static void wakeTimerSleeper(long when)
    {
        if (when == 0)
            return;
        Interlocked.MemoryBarrier(); // between adding the timer and looking for the sleeper; pairs with sleepUntilTimer
        if (Volatile.Read(ref s_sleeper) is { } sleeper)
        {
            if (when < Volatile.Read(ref s_sleepUntil))
                sleeper.park.semawakeup();
        }
        else
        {
            // Nobody sleeps for a timer: an idle P would let it pass. A spinner will find it and become the sleeper.
            wakep(M.Current);
        }
    }

    /// <summary>The M has no P and no work. If timers are pending and nobody sleeps for them, sleeps for them; then tries to take a P. False: stop.</summary>
    private static bool sleepUntilTimer(M m)
    {
        var until = EarliestTimer();
        if (until == 0 || Interlocked.CompareExchange(ref s_sleeper, m, null) is not null)
            return false;
        Volatile.Write(ref s_sleepUntil, until);
        Interlocked.MemoryBarrier(); // between publishing the deadline and looking again; pairs with wakeTimerSleeper
        var again = EarliestTimer();
        // Not beyond the published deadline, but for a batch, though its timer may be gone by now: a timer that is added after it wakes nobody.
        var now = Os.nanotime();
        var wait = again == 0 ? 0 : Math.Min(until, again) - now;
        if (again != 0 && wait < BatchNs && IsDense(now + BatchNs))
            wait = BatchNs;
        if (wait > 0)
            m.park.semasleep(wait);
        Volatile.Write(ref s_sleepUntil, 0);
        Volatile.Write(ref s_sleeper, null);
        Interlocked.MemoryBarrier();
        return takeIdleP(m);
    }

    private static bool IsDense(long by)
    {
        foreach (var p in sched.allp)
            if (p.timers.IsDense(by))
                return true;
        return false;
    }

    private static long EarliestTimer()
    {
        long earliest = 0;
        foreach (var p in sched.allp)
        {
            var next = p.timers.Next;
            if (next != 0 && (earliest == 0 || next < earliest))
                earliest = next;
        }
        return earliest;
    }
}
