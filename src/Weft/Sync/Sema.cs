// Sema: Go's sleeping semaphore, the half of a mutex that waiters sleep on.
//
// A released token goes to the first waiter, or is kept for the next who comes; nobody overtakes a waiter here, and whoever is woken
// has its token and need not try again (in Go he must). The competition is the mutex's, in its state word.
//
// A waiter that is withdrawn by its cancellation has been counted in that word, and a token for it may be on its way. It leaves a *ghost*
// behind, which takes the next token in its place; Release says so, and the releaser does what the waiter would have done.
// There is a ghost only while no token is kept.

namespace Weft.Runtime;

internal struct Sema
{
    internal const int Place = 1;

    private RuntimeLock<Ranks.Wait> _lock;
    private int _tokens, _ghosts;
    private WaiterQueue _queue;

    /// <summary>True: has a token. False: queued, at the head if <paramref name="lifo"/>.</summary>
    internal bool Acquire(Waiter w, bool lifo)
    {
        _lock.Lock();
        if (_tokens > 0)
        {
            _tokens--;
            _lock.Unlock();
            return true;
        }
        w.Prepare();
        if (lifo)
            _queue.AddFirst(w, Place);
        else
            _queue.Add(w, Place);
        _lock.Unlock();
        return false;
    }

    /// <summary>False: a ghost has taken the token.</summary>
    internal bool Release(M? m)
    {
        _lock.Lock();
        if (_ghosts > 0)
        {
            _ghosts--;
            _lock.Unlock();
            return false;
        }
        var w = _queue.Take();
        if (w is null)
            _tokens++;
        _lock.Unlock();
        w?.Ready(m);
        return true;
    }

    internal bool Withdraw(Waiter w, int ticket)
    {
        _lock.Lock();
        if (!WaiterQueue.IsQueued(w, Place, ticket))
        {
            _lock.Unlock();
            return false;
        }
        _queue.Remove(w);
        _ghosts++;
        w.cancelled = true;
        _lock.Unlock();
        w.Ready(M.Current);
        return true;
    }
}

internal static unsafe partial class Proc
{
    /// <summary>
    /// The running goroutine has handed something over, and the new owner is next on its P: it yields at its next prologue. Go yields at
    /// once; here that would make every Unlock a suspension point.
    /// </summary>
    internal static void goyieldSoon(M? m)
    {
        if (m?.curg is { } g && !m.foreign)
            g.stackguard = G.StackPreempt;
    }
}
