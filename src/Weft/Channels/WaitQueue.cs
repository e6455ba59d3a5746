// WaitQueue: the FIFO of those who wait at one side of a channel. Under the channel's lock.
//
// Doubly linked, so that a select takes its losers out, and a token its send, in constant time from wherever they are. A sudog is in the
// queue exactly if it is the first or has a predecessor.
//
// Dequeue claims: what it returns is the caller's to complete and to wake. Three kinds of waiters (Sudog.owner):
//   none, or a token's, or an async operation: theirs is this wait alone, and to dequeue it is to claim it;
//   a select: it waits in several queues, and who moves its word from open to decided has claimed it. One that was claimed elsewhere
//     is dropped here; the select finds it gone when it withdraws.
//   a watcher: it wants to know that the other side has come, and takes nothing. It is told, and the next one is looked at.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal struct WaitQueue
{
    private Sudog? _first, _last;

    internal readonly Sudog? First => _first;

    internal readonly bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _first is null;
    }

    internal void Enqueue(Sudog s)
    {
        if (Check.On)
            Check.Enqueue(s);
        s.next = null;
        s.prev = _last;
        if (_last is null)
            _first = s;
        else
            _last.next = s;
        _last = s;
    }

    /// <summary>The first waiter, claimed; null if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Sudog? Dequeue()
    {
        var s = _first;
        if (s is null)
            return null;
        RemoveFirst(s);
        return s.owner is null ? s : Claim(s);
    }

    private void RemoveFirst(Sudog s)
    {
        if (Check.On)
            Check.Dequeue(s);
        _first = s.next;
        if (_first is null)
            _last = null;
        else
            _first.prev = null;
        s.next = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Sudog? Claim(Sudog s)
    {
        while (true)
        {
            switch (s.owner)
            {
                case Selection select:
                    if (select.TryWin(s.index))
                        return s;
                    break;
                case Watcher watcher:
                    watcher.Tell();
                    break;
                default:
                    return s;
            }
            if (_first is null)
                return null;
            s = _first;
            RemoveFirst(s);
        }
    }

    /// <summary>Takes a waiter out, wherever it is; false if it is not in the queue (any more).</summary>
    internal bool Remove(Sudog s)
    {
        if (_first == s)
        {
            RemoveFirst(s);
            return true;
        }
        if (s.prev is not { } before)
            return false;
        if (Check.On)
            Check.Dequeue(s);
        before.next = s.next;
        if (s.next is null)
            _last = before;
        else
            s.next.prev = before;
        s.next = s.prev = null;
        return true;
    }
}
