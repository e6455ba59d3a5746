// SleepWait: a sleep that a token can end. The plain form puts the G itself into the heap and allocates nothing (Sleep.cs).

namespace Weft.Runtime;

internal sealed class SleepWait : IBlocker, ITimerTarget
{
    private const int Place = 1;

    private readonly TimeSpan _d;
    private readonly TimerEntry _entry;
    private readonly SynctestBubble? _bubble = SynctestBubble.For(null);
    private RuntimeLock<Ranks.Wait> _lock;
    private WaiterQueue _waiters; // one

    internal SleepWait(TimeSpan d)
    {
        _d = d;
        _entry = new TimerEntry { strong = this, home = _bubble?.timers };
    }

    bool IBlocker.Step(Waiter w)
    {
        if (w.stage == 1)
            return true;
        w.stage = 1;
        _lock.Lock();
        w.Prepare();
        _waiters.Add(w, Place);
        var now = SynctestBubble.Now(_bubble);
        var when = now + Math.Min(RuntimeTimer.Nanoseconds(_d), long.MaxValue - now);
        var isEarliest = _entry.Arm(when, 0);
        _lock.Unlock();
        if (isEarliest)
            Proc.wakeTimerSleeper(when);
        return false;
    }

    public void Fire(int number, M? m)
    {
        _lock.Lock();
        var w = _waiters.Take();
        _lock.Unlock();
        w?.Ready(m);
    }

    bool IBlocker.Withdraw(Waiter w, int ticket)
    {
        _lock.Lock();
        if (!WaiterQueue.IsQueued(w, Place, ticket))
        {
            _lock.Unlock();
            return false;
        }
        _waiters.Remove(w);
        w.cancelled = true;
        _entry.Disarm();
        _lock.Unlock();
        w.Ready(M.Current);
        return true;
    }
}
