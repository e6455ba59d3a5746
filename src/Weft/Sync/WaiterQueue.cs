// WaiterQueue: the waiters of one object, in the order in which they are to be served. All of it under the owner's lock.
//
// Doubly linked, so that a waiter whose token fires leaves from the middle in constant time. The place, a number of the owner's, is
// what tells whether a waiter is in this queue: an operation may go through several queues, each under a lock of its own. A
// withdrawer first reads the place and then the ticket, so that it cannot mistake a later operation of the same waiter for its own.

namespace Weft.Runtime;

internal struct WaiterQueue
{
    private Waiter? _first, _last;

    internal readonly bool IsEmpty => _first is null;

    internal readonly Waiter? First => _first;

    internal void Add(Waiter w, int place)
    {
        if (Check.On)
            Check.Enqueue(w);
        w.prev = _last;
        w.next = null;
        if (_last is null)
            _first = w;
        else
            _last.next = w;
        _last = w;
        Volatile.Write(ref w.place, place);
    }

    internal void AddFirst(Waiter w, int place)
    {
        if (Check.On)
            Check.Enqueue(w);
        w.prev = null;
        w.next = _first;
        if (_first is null)
            _last = w;
        else
            _first.prev = w;
        _first = w;
        Volatile.Write(ref w.place, place);
    }

    /// <summary>Takes the first; null if there is none.</summary>
    internal Waiter? Take()
    {
        var w = _first;
        if (w is not null)
            Remove(w);
        return w;
    }

    /// <summary>Takes all, linked by <see cref="Waiter.next"/>; see <see cref="ReadyAll"/>.</summary>
    internal Waiter? TakeAll(out int count)
    {
        var first = _first;
        _first = _last = null;
        count = 0;
        for (var w = first; w is not null; w = w.next)
        {
            count++;
            w.prev = null;
            w.place = 0;
        }
        return first;
    }

    internal void Remove(Waiter w)
    {
        if (Check.On)
            Check.Dequeue(w);
        if (w.prev is null)
            _first = w.next;
        else
            w.prev.next = w.next;
        if (w.next is null)
            _last = w.prev;
        else
            w.next.prev = w.prev;
        w.next = w.prev = null;
        w.place = 0;
    }

    /// <summary>Is it queued here, for this operation?</summary>
    internal static bool IsQueued(Waiter w, int place, int ticket) => Volatile.Read(ref w.place) == place && Volatile.Read(ref w.ticket) == ticket;

    /// <summary>Under no lock: readies what <see cref="TakeAll"/> took, in its order.</summary>
    internal static void ReadyAll(Waiter? first, M? m)
    {
        var list = Proc.beginready(m);
        try
        {
            while (first is { } w)
            {
                first = w.next; // before Ready: then the waiter may be queued elsewhere
                w.next = null;
                w.Ready(m);
            }
        }
        finally
        {
            Proc.injectglist(list); // as in Chan.Close
        }
    }
}
