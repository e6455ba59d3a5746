// TimeLimit: the time that an operation may wait, for TryLock and its kin.
//
// When it is over it does what a token does (Waiter.cs): it asks the owner to withdraw the waiter, which succeeds only while that is queued. So an
// operation ends by its waker, its token or its time, by one of them. One that is on its way from one queue to the next
// cannot be withdrawn; so whoever has queued looks once more whether its time is over.

namespace Weft.Runtime;

[NotWoven]
internal sealed class TimeLimit : ITimerTarget
{
    private readonly IBlocker _on;
    private readonly Waiter _waiter;
    private readonly int _ticket;
    private readonly TimerEntry _entry;
    private bool _isOver;

    /// <summary>Begins now; infinite: never over.</summary>
    internal TimeLimit(IBlocker on, Waiter waiter, TimeSpan timeout)
    {
        (_on, _waiter, _ticket) = (on, waiter, waiter.ticket);
        var bubble = SynctestBubble.For(null);
        _entry = new TimerEntry { strong = this, home = bubble?.timers };
        if (timeout == Timeout.InfiniteTimeSpan)
            return;
        var now = SynctestBubble.Now(bubble);
        var when = now + Math.Min(RuntimeTimer.Nanoseconds(timeout), long.MaxValue - now);
        if (_entry.Arm(when, 0))
            Proc.wakeTimerSleeper(when);
    }

    internal bool IsOver => Volatile.Read(ref _isOver);

    internal void Stop() => _entry.Disarm();

    public void Fire(int number, M? m)
    {
        Volatile.Write(ref _isOver, true);
        Interlocked.MemoryBarrier(); // between saying so and looking for the waiter; pairs with Waiter.LookAgain
        _on.Withdraw(_waiter, _ticket);
    }

    /// <summary>In a bubble the bubble's clock ends the wait, whatever it is for; so that must not stand still meanwhile.</summary>
    internal static WaitReason Reason(WaitReason reason, TimeSpan timeout) =>
        timeout != Timeout.InfiniteTimeSpan && SynctestBubble.For(null) is not null ? WaitReason.LimitedDurable : reason;

    /// <summary>True: no time to wait at all.</summary>
    internal static bool IsNone(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A time to wait is not negative, unless it is infinite.");
        return timeout == TimeSpan.Zero;
    }
}
