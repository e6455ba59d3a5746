// Cond: Go's sync.Cond. A queue of waiters; the lock belongs to the user.
//
// Wait queues before it unlocks, so that no signal after the unlock is missed, and locks again after it was woken, cancelled or not. All
// three are one operation (Waiter.cs): the goroutine is Parking when it unlocks, which is why the lock must be one of ours, whose
// Unlock never blocks.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// A condition variable: Go's <c>sync.Cond</c>. Whoever holds the lock can wait for something to change, and is told by
/// <see cref="Signal()"/> or <see cref="Broadcast()"/>.
/// </summary>
/// <remarks>
/// Waiters are woken in the order of their arrival; a signal without a waiter is lost. The lock need not be held to signal. A wait can return when
/// what it waited for has changed back: look again, in a loop.
/// </remarks>
/// <example><code>
/// var mutex = new GoMutex();
/// var cond = new Cond(mutex);
/// var ready = false;
/// Goroutine.Go(() =>
/// {
///     using (mutex.EnterScope())
///         ready = true;
///     cond.Broadcast();
/// });
/// using (mutex.EnterScope())
///     while (!ready)
///         cond.Wait();
/// </code></example>
public sealed class Cond : IBlocker
{
    private const int Place = 4;

    // In Waiter.weight: its stage belongs to the lock.
    private const int Waiting = 1, Locking = 2, Failed = 3;

    private readonly IBlocker _blocker;
    private readonly int _lockStage;
    private RuntimeLock<Ranks.Wait> _lock;
    private WaiterQueue _waiters;
    private int _count;

    /// <summary>Makes a condition over a mutex.</summary>
    /// <param name="mutex">What is held by those who wait.</param>
    public Cond(GoMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        L = mutex;
        _blocker = mutex;
    }

    /// <summary>Makes a condition over the writing side of a lock.</summary>
    /// <param name="mutex">What is held, for writing, by those who wait.</param>
    public Cond(GoRWMutex mutex)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        L = mutex;
        _blocker = mutex;
        _lockStage = GoRWMutex.Write;
    }

    /// <summary>The lock.</summary>
    public ILocker L { get; }

    /// <summary>Unlocks, waits until woken, and locks again.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    public void Wait() => Blocking.Plain(this, WaitReason.CondWait);

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Blocking.Hot(this, g, WaitReason.CondWait);
    }

    /// <summary>Unlocks, waits until woken or the token is cancelled, and locks again in either case.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled. The lock is held.</exception>
    public void Wait(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        Blocking.Plain(this, WaitReason.CondWait, token);
    }

    /// <summary>Hot form of <see cref="Wait(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        Blocking.Hot(this, g, WaitReason.CondWait, token);
    }

    /// <summary>Waits, for async code: unlocks now; the task is done when the lock is held again.</summary>
    /// <param name="token">Ends the wait; the lock is held again all the same.</param>
    public ValueTask WaitAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled(token);
        return Blocking.Async(this, WaitReason.CondWait, token, null).Task;
    }

    /// <summary>Wakes the one who has waited longest, if anybody waits.</summary>
    public void Signal() => Signal(M.Current);

    /// <summary>Hot form of <see cref="Signal()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Signal(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Signal(g.m);
    }

    /// <summary>Wakes all who wait.</summary>
    public void Broadcast() => Broadcast(M.Current);

    /// <summary>Hot form of <see cref="Broadcast()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Broadcast(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Broadcast(g.m);
    }

    /// <summary>How many wait, at this moment.</summary>
    internal int Waiters => Volatile.Read(ref _count);

    private void Signal(M? m)
    {
        // Without the lock: whoever waits because of what the caller has changed queued while he held the user's lock.
        if (Volatile.Read(ref _count) == 0)
            return;
        _lock.Lock();
        var w = _waiters.Take();
        if (w is not null)
            _count--;
        _lock.Unlock();
        w?.Ready(m);
    }

    private void Broadcast(M? m)
    {
        if (Volatile.Read(ref _count) == 0)
            return;
        _lock.Lock();
        var all = _waiters.TakeAll(out _);
        _count = 0;
        _lock.Unlock();
        WaiterQueue.ReadyAll(all, m);
    }

    bool IBlocker.Step(Waiter w)
    {
        switch (w.weight)
        {
            case 0:
                w.weight = Waiting;
                BeginWait(w);
                return false;
            case Waiting:
                // The second half cannot be cancelled, and must not take the first one's end for its own.
                if (w.cancelled)
                    w.failure = new OperationCanceledException(w.Token);
                w.cancelled = false;
                w.weight = Locking;
                w.reason = _lockStage == 0 ? WaitReason.MutexLock : WaitReason.RWMutexLock;
                w.stage = _lockStage;
                break;
            case Failed:
                return true;
        }
        return _blocker.Step(w);
    }

    private void BeginWait(Waiter w)
    {
        var ticket = w.ticket;
        _lock.Lock();
        w.Prepare();
        _waiters.Add(w, Place);
        _count++;
        _lock.Unlock();
        try
        {
            L.Unlock();
        }
        catch (InvalidOperationException e) when (Remove(w, ticket))
        {
            w.weight = Failed;
            w.failure = e;
            w.Ready(M.Current);
        }
    }

    private bool Remove(Waiter w, int ticket)
    {
        _lock.Lock();
        var isQueued = WaiterQueue.IsQueued(w, Place, ticket);
        if (isQueued)
        {
            _waiters.Remove(w);
            _count--;
        }
        _lock.Unlock();
        return isQueued;
    }

    bool IBlocker.Withdraw(Waiter w, int ticket)
    {
        if (!Remove(w, ticket))
            return false;
        w.cancelled = true;
        w.Ready(M.Current);
        return true;
    }
}
