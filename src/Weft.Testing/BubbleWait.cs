// BubbleWait: what Bubble.Wait waits on. One goroutine at a time, woken by the bubble at rest.

namespace Weft.Testing;

[NotWoven]
internal sealed class BubbleWait : IBlocker
{
    private const int Place = 1;

    private RuntimeLock<Ranks.Wait> _lock;
    private WaiterQueue _waiters; // one

    bool IBlocker.Step(Waiter w)
    {
        if (w.stage == 1)
            return true;
        w.stage = 1;
        _lock.Lock();
        if (!_waiters.IsEmpty)
        {
            _lock.Unlock();
            w.failure = new InvalidOperationException("Bubble.Wait: wait already in progress");
            return true;
        }
        w.Prepare();
        _waiters.Add(w, Place);
        _lock.Unlock();
        return false;
    }

    /// <summary>Claims whoever waits, or null.</summary>
    internal Waiter? Take()
    {
        _lock.Lock();
        var w = _waiters.Take();
        _lock.Unlock();
        return w;
    }

    // No token is ever given.
    bool IBlocker.Withdraw(Waiter w, int ticket) => false;
}
