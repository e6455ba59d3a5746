// RunQueue: a P's local queue, a ring of 256 with the slot `runnext` before it.
//
// One producer, the owner, writes `tail` and the ring. Any number of consumers, owner and thieves, take from `head` by
// compare-exchange; what they read from the ring before it counts only if it succeeds. So `tail` is published after the element
// (release), and read after `head` (acquire) by thieves.
//
// runnext: the goroutine readied last runs next and inherits the rest of the time slice, so that a pair that communicates runs as
// one. Only the owner stores a goroutine in it; thieves may take it away, hence every change is a compare-exchange.
//
// Indices wrap; a distance is an unsigned difference. They begin near the wrap, so that every run crosses it.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weft.Runtime;

[StructLayout(LayoutKind.Explicit, Size = 2 * Line + 64)]
internal struct Indices
{
    private const int Line = 64;

    /// <summary>Taken from by compare-exchange. On its own cache line: thieves write it.</summary>
    [FieldOffset(Line)] internal uint head;

    /// <summary>Written by the owner only.</summary>
    [FieldOffset(2 * Line)] internal uint tail;
}

internal sealed class RunQueue
{
    internal const uint Capacity = 256;

    private readonly G?[] _ring = new G?[Capacity];
    private Indices _i = new() { head = unchecked((uint)-64), tail = unchecked((uint)-64) };
    private G? _runnext;

    internal bool HasRunnext => Volatile.Read(ref _runnext) is not null;

    /// <summary>Goroutines in the ring; a hint unless the owner asks.</summary>
    internal uint Count => Volatile.Read(ref _i.tail) - Volatile.Read(ref _i.head);

    /// <summary>
    /// Whether there was an instant at which nothing was queued. Reading head, tail and runnext one after the other is not one
    /// instant: a put with next = true kicks the old runnext into the ring, so an unchanged tail says that the three belong together.
    /// </summary>
    internal bool IsEmpty
    {
        get
        {
            while (true)
            {
                var head = Volatile.Read(ref _i.head);
                var tail = Volatile.Read(ref _i.tail);
                var next = Volatile.Read(ref _runnext);
                if (tail == Volatile.Read(ref _i.tail))
                    return head == tail && next is null;
            }
        }
    }

    /// <summary>Owner: replaces runnext and returns the goroutine that was there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal G? SetNext(G g)
    {
        if (Check.On)
            Check.Put(g, Place.Runnext);
        if (_runnext is null)
        {
            // Thieves only ever clear the slot, so a release store cannot lose anything.
            Volatile.Write(ref _runnext, g);
            return null;
        }
        var old = Interlocked.Exchange(ref _runnext, g);
        if (Check.On && old is not null)
            Check.Take(old, Place.Runnext);
        return old;
    }

    /// <summary>Owner: appends; false when the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryPut(G g)
    {
        var tail = _i.tail; // only we write it
        if (tail - Volatile.Read(ref _i.head) >= Capacity)
            return false;
        if (Check.On)
            Check.Put(g, Place.Ring);
        _ring[tail % Capacity] = g;
        Volatile.Write(ref _i.tail, tail + 1); // publishes the element; pairs with the reads of tail by consumers
        return true;
    }

    /// <summary>Owner: takes runnext out of the queue, if a thief has not.</summary>
    internal G? TakeNext()
    {
        if (_runnext is not { } next || Interlocked.CompareExchange(ref _runnext, null, next) != next)
            return null;
        if (Check.On)
            Check.Take(next, Place.Runnext);
        return next;
    }

    /// <summary>Owner: when full, takes half of the ring plus <paramref name="g"/> as a list for the global queue, by way of <paramref name="batch"/>; 0 if no longer full.</summary>
    internal int TakeHalf(G g, Span<G> batch, out G first, out G last)
    {
        var head = Volatile.Read(ref _i.head);
        var n = (_i.tail - head) / 2;
        first = last = g;
        if (n != Capacity / 2)
            return 0;
        for (uint i = 0; i < n; i++)
            batch[(int)i] = _ring[(head + i) % Capacity]!;
        if (Interlocked.CompareExchange(ref _i.head, head + n, head) != head)
            return 0;
        if (Check.On)
        {
            for (uint i = 0; i < n; i++)
                Check.Take(batch[(int)i], Place.Ring);
        }
        batch[(int)n] = g;
        for (uint i = 0; i < n; i++)
            batch[(int)i].schedlink = batch[(int)i + 1];
        g.schedlink = null;
        first = batch[0];
        batch.Clear();
        return (int)n + 1;
    }

    /// <summary>Owner: the next goroutine, runnext first; <paramref name="inheritTime"/> says that it was runnext.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal G? Get(out bool inheritTime)
    {
        var next = _runnext;
        // If it is gone now a thief took it, and only we can put another.
        if (next is not null && Interlocked.CompareExchange(ref _runnext, null, next) == next)
        {
            inheritTime = true;
            if (Check.On)
                Check.Take(next, Place.Runnext);
            return next;
        }
        inheritTime = false;
        while (true)
        {
            var head = Volatile.Read(ref _i.head);
            if (head == _i.tail)
                return null;
            var g = _ring[head % Capacity];
            if (Interlocked.CompareExchange(ref _i.head, head + 1, head) != head)
                continue;
            if (Check.On)
                Check.Take(g!, Place.Ring);
            return g;
        }
    }

    /// <summary>
    /// Owner: forgets what is no longer queued. A thief may read a place meanwhile, but what it reads counts only if head has not moved, and
    /// then the place is one of those that are left alone.
    /// </summary>
    internal void Scrub()
    {
        var head = Volatile.Read(ref _i.head);
        for (var i = _i.tail; i - head < Capacity; i++)
            _ring[i % Capacity] = null;
    }

    /// <summary>Thief, owning <paramref name="to"/>: moves half of this ring there; the last one is returned to be run.</summary>
    internal G? Steal(RunQueue to, bool stealRunnext, P victim)
    {
        var tail = to._i.tail;
        var n = Grab(to._ring, tail, stealRunnext, victim);
        if (n == 0)
            return null;
        n--;
        var g = to._ring[(tail + n) % Capacity];
        if (n > 0)
            Volatile.Write(ref to._i.tail, tail + n);
        if (Check.On)
            Check.Take(g!, Place.Ring);
        return g;
    }

    private uint Grab(G?[] batch, uint batchHead, bool stealRunnext, P victim)
    {
        while (true)
        {
            var head = Volatile.Read(ref _i.head);
            var tail = Volatile.Read(ref _i.tail); // acquire: the elements below it are visible
            var n = tail - head;
            n -= n / 2;
            if (n == 0)
            {
                if (!stealRunnext || Volatile.Read(ref _runnext) is not { } next)
                    return 0;
                // A running P is about to block and to run it: a ping-pong partner must not be torn away.
                if (victim.status == PStatus.Running)
                    Os.Current.StealBackoff();
                if (Interlocked.CompareExchange(ref _runnext, null, next) != next)
                    continue;
                if (Check.On)
                    Check.Move(next, Place.Runnext, Place.Ring);
                batch[batchHead % Capacity] = next;
                return 1;
            }
            if (n > Capacity / 2)
                continue; // head and tail were not read together
            for (uint i = 0; i < n; i++)
                batch[(batchHead + i) % Capacity] = _ring[(head + i) % Capacity];
            if (Interlocked.CompareExchange(ref _i.head, head + n, head) == head)
                return n;
        }
    }
}
