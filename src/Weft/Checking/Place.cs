// Place: where a goroutine is linked, for the checker; None is "in somebody's hands", or nowhere.
//
// Written only with the checker on. A goroutine is marked before it is published in a queue and unmarked after it was claimed there, so two
// that claim the same one are told from one that claims it twice in a row. A place says which kind of queue, not whose: a thief moves
// goroutines from ring to ring without touching them.
//
// A sudog knows itself whether it is queued, since a select has many, and so does a waiter of Sync/Waiter.cs; a task's continuation holds a goroutine without any place.

namespace Weft.Runtime;

internal enum Place : byte
{
    None,
    /// <summary>A P's runnext.</summary>
    Runnext,
    /// <summary>A P's ring.</summary>
    Ring,
    /// <summary>The global run queue.</summary>
    Global,
    /// <summary>A P's list of dead Gs, or the global one.</summary>
    Free,
    /// <summary>A timer heap.</summary>
    Timer,
}

internal static partial class Check
{
    /// <summary>Before a goroutine is published in a queue.</summary>
    internal static void Put(G g, Place to) => Move(g, Place.None, to);

    /// <summary>After it was claimed there.</summary>
    internal static void Take(G g, Place from) => Move(g, from, Place.None);

    internal static void Move(G g, Place from, Place to)
    {
        var found = Interlocked.CompareExchange(ref g.place, to, from);
        if (found != from)
            Fail($"goroutine {g.goid} goes from {from} to {to} but its place is {found}", g);
        var fits = to switch
        {
            Place.Runnext or Place.Ring or Place.Global => g.Status == GStatus.Runnable,
            Place.Free => g.Status == GStatus.Dead,
            Place.Timer => g.Status is GStatus.Parking or GStatus.Waiting,
            _ => true,
        };
        if (!fits)
            Fail($"goroutine {g.goid} goes from {from} to {to} with status {g.Status}", g);
    }

    /// <summary>Under sched.lock: a list before it is appended to the global queue.</summary>
    internal static void PutGlobal(G first)
    {
        Require(Holds(LockRank.Sched), $"the global queue is changed, and this thread does not hold {LockRank.Sched}");
        for (var g = first; g is not null; g = g.schedlink)
            Put(g, Place.Global);
    }

    /// <summary>Under the lock of the wait queue.</summary>
    internal static void Enqueue(Sudog s)
    {
        if (s.queued)
            Fail($"a sudog of goroutine {s.g?.goid} is queued twice", s.g);
        s.queued = true;
    }

    /// <summary>Under the lock of the queue.</summary>
    internal static void Enqueue(Waiter w)
    {
        if (w.place != 0)
            Fail("a waiter is queued twice");
    }

    /// <summary>Under the lock of the queue.</summary>
    internal static void Dequeue(Waiter w)
    {
        if (w.place == 0)
            Fail("a waiter is dequeued and was not queued");
    }

    /// <summary>Under the lock of the wait queue.</summary>
    internal static void Dequeue(Sudog s)
    {
        if (!s.queued)
            Fail($"a sudog of goroutine {s.g?.goid} is dequeued and was not queued", s.g);
        s.queued = false;
    }
}
