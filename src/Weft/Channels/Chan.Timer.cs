// The channel of a timer (RuntimeTimer.cs): an ordinary one with room for one value, which says that it has none.
//
// The timer sends, and takes back what nobody has received, under its own lock; that is what makes Stop and Reset exact. It wakes after
// that lock is free, since nothing is readied under a lock: so these two return the waiter, claimed, as the ladder does.

using Weft.Runtime;

namespace Weft;

public sealed partial class Chan<T>
{
    private readonly object? _timer;

    /// <summary>The channel of a timer, which it keeps alive.</summary>
    internal Chan(object timer) : base(capacity: 1, isNil: false)
    {
        _timer = timer;
        _buffer = new T[1];
    }

    /// <summary>Somebody is blocked in a receive, at this moment: a goroutine, a thread, a select or async code.</summary>
    internal bool HasReceivers => !recvq.IsEmpty;

    /// <summary>Sends, if there is room and the program has not closed the channel, which is its own affair. Wake the waiter.</summary>
    internal Sudog? Deliver(T value)
    {
        @lock.Lock();
        SendLocked(value, out var waiter);
        @lock.Unlock();
        return waiter;
    }

    /// <summary>Takes out what nobody has received; false if there is nothing. Wake the waiter.</summary>
    internal bool TakeBack(out Sudog? waiter)
    {
        @lock.Lock();
        ReceiveLocked(out _, out var ok, out waiter);
        @lock.Unlock();
        return ok;
    }
}
