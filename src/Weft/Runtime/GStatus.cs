// The states of a goroutine, one word in the G, and the only methods that change it.
//
// The numbers of 0 to 9 are Go's. Parking and Ready are ours: a goroutine leaves its machine stack by returning through its
// callers, which takes a moment, and a waker may come within that moment. Go closes the window by holding the wait queue's
// lock until the goroutine is Waiting; here no lock is held while unwinding, and the status word decides who came first.
//
//                  execute                     gopark                    park_m
//     Runnable ----------------> Running ----------------> Parking ----------------> Waiting
//         ^                       |  ^                        | goready                 | goready
//         |   gosched_m, preempt  |  |  park_m (goes on)      v                         |
//         +-----------------------+  +---------------------- Ready                      |
//         +-----------------------------------------------------------------------------+
//
// Owner: whoever moved the goroutine into a state that has one. Runnable: the queue that holds it. Running, Parking,
// Copystack: its M. Waiting: the wait structure in which it is recorded. Ready: still its M, though it may be woken no more.
//
// Transitions between Parking, Ready, Waiting and Runnable race between the M and one waker and are made by compare-exchange;
// a waker must have claimed the wait (dequeued the sudog, popped the timer) before, so there is never a second one.
// All others are made by the single owner and are plain writes. The checker (Checking/CheckStatus.cs) has the table of all of them.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>The state of a goroutine; see the file head.</summary>
internal enum GStatus
{
    /// <summary>Just allocated, never seen by anybody else; or let go for good (Scavenge.cs).</summary>
    Idle = 0,
    /// <summary>In exactly one run queue, not running.</summary>
    Runnable = 1,
    /// <summary>On an M that holds a P; its activations are on that M's machine stack.</summary>
    Running = 2,
    /// <summary>In a foreign call, in no queue; its P may be taken away.</summary>
    Syscall = 3,
    /// <summary>Blocked and recorded in one wait structure; all its activations are frames, or its M sleeps (pinned).</summary>
    Waiting = 4,
    /// <summary>Ended, or never started; in a free list or about to be.</summary>
    Dead = 6,
    /// <summary>Its machine segment is being moved into frames; goes back to Running at once.</summary>
    Copystack = 8,
    /// <summary>Recorded in a wait structure but still unwinding; a waker makes it Ready, park_m makes it Waiting.</summary>
    Parking = 16,
    /// <summary>Woken while it was unwinding; park_m puts it back to Running.</summary>
    Ready = 17,
}

/// <summary>The outcome of a wake: what the waker has to do.</summary>
internal enum WakeOutcome
{
    /// <summary>The goroutine had not left its thread; its own M goes on with it.</summary>
    StillUnwinding,
    /// <summary>The waker owns it, Runnable, and must put it into a run queue.</summary>
    Runnable,
}

public sealed unsafe partial class G
{
    /// <summary>A <see cref="GStatus"/>; written through the methods below only.</summary>
    internal volatile int status;

    internal GStatus Status => (GStatus)status;

    /// <summary>Owner's transition: nobody else may move the goroutine out of <paramref name="from"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void casgstatus(GStatus from, GStatus to)
    {
        if (Check.On)
            Check.Transition(this, from, to);
        status = (int)to;
    }

    /// <summary>Waker's transition. Pairs with <see cref="Park"/> on the goroutine's M.</summary>
    internal WakeOutcome Wake(M? waker)
    {
        if (Check.On)
        {
            Check.RequireNoLocks("goready");
            Check.Permitted(this, GStatus.Waiting, GStatus.Runnable);
        }
        // It ran last on this very thread, which now runs the waker: it has long unwound, and nobody else may move it.
        if (waker == m && status == (int)GStatus.Waiting)
        {
            status = (int)GStatus.Runnable;
            return WakeOutcome.Runnable;
        }
        // Waiting is the common case when the waker runs elsewhere; Parking when the partner was woken on the same P.
        if (Interlocked.CompareExchange(ref status, (int)GStatus.Runnable, (int)GStatus.Waiting) == (int)GStatus.Waiting)
            return WakeOutcome.Runnable;
        if (Interlocked.CompareExchange(ref status, (int)GStatus.Ready, (int)GStatus.Parking) == (int)GStatus.Parking)
            return WakeOutcome.StillUnwinding;
        // park_m may have come between the two attempts.
        if (Interlocked.CompareExchange(ref status, (int)GStatus.Runnable, (int)GStatus.Waiting) == (int)GStatus.Waiting)
            return WakeOutcome.Runnable;
        Fatal.Throw("bad g->status in ready");
        return default;
    }

    /// <summary>The M's transition after unwinding: true = Waiting, false = a waker came first and it is Running again.</summary>
    internal bool Park()
    {
        if (Check.On)
            Check.Permitted(this, GStatus.Parking, GStatus.Waiting);
        if (Interlocked.CompareExchange(ref status, (int)GStatus.Waiting, (int)GStatus.Parking) == (int)GStatus.Parking)
            return true;
        casgstatus(GStatus.Ready, GStatus.Running);
        return false;
    }
}
