// GoSemaphore: a weighted semaphore, as golang.org/x/sync/semaphore.
//
// Waiters are served strictly in their order: one who wants much is not overtaken by those who want little, or he would never be served.
// Whoever releases hands out what is there, so a waiter that is woken has what it asked for. Everything is under one lock.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>A semaphore whose units are taken several at a time: Go's <c>semaphore.Weighted</c>.</summary>
/// <remarks>First come, first served. Not bound to whoever acquired: another may release.</remarks>
/// <example><code>
/// var slots = new GoSemaphore(3);
/// using (slots.EnterScope())
///     Console.WriteLine("at most three of these at a time");
/// </code></example>
public sealed class GoSemaphore : IBlocker
{
    private const int Place = 1, HasIt = 1;

    private readonly long _size;
    private readonly Releaser _releaseOne;
    private RuntimeLock<Ranks.Wait> _lock;
    private long _taken;
    private WaiterQueue _waiters;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="size">How many units there are.</param>
    public GoSemaphore(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _size = size;
        _releaseOne = new Releaser(this, 1);
    }

    /// <summary>Units that nobody has, at this moment.</summary>
    public long Available => _size - Volatile.Read(ref _taken);

    /// <summary>Takes units, blocking until they are there and it is this caller's turn.</summary>
    /// <param name="n">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative, or more than there can ever be.</exception>
    public void Acquire(long n = 1)
    {
        Check(n);
        if (!TryTake(n))
            Blocking.Plain(this, WaitReason.SemaphoreWait, weight: n);
    }

    /// <summary>Hot form of <see cref="Acquire(long)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Acquire(long n, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Check(n);
        if (!TryTake(n))
            Blocking.Hot(this, g, WaitReason.SemaphoreWait, weight: n);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Takes units, unless the token is cancelled before they are there.</summary>
    /// <param name="n">How many.</param>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    public void Acquire(long n, CancellationToken token)
    {
        Check(n);
        token.ThrowIfCancellationRequested();
        if (!TryTake(n))
            Blocking.Plain(this, WaitReason.SemaphoreWait, token, weight: n);
    }

    /// <summary>Hot form of <see cref="Acquire(long, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Acquire(long n, CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Check(n);
        token.ThrowIfCancellationRequested();
        if (!TryTake(n))
            Blocking.Hot(this, g, WaitReason.SemaphoreWait, token, weight: n);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Takes one unit, unless the token is cancelled before it is there.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    public void Acquire(CancellationToken token) => Acquire(1, token);

    /// <summary>Hot form of <see cref="Acquire(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Acquire(CancellationToken token, G g) => Acquire(1, token, g);

    /// <summary>Takes units if they are there and nobody waits; never blocks.</summary>
    /// <param name="n">How many.</param>
    /// <returns>True if they were taken.</returns>
    public bool TryAcquire(long n = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        return TryTake(n);
    }

    /// <summary>Takes units, unless they are not there in that time.</summary>
    /// <param name="n">How many.</param>
    /// <param name="timeout">How long to wait: zero is <see cref="TryAcquire(long)"/>, <see cref="Timeout.InfiniteTimeSpan"/> is <see cref="Acquire(long)"/>.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if they were taken.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative, or more than there can ever be.</exception>
    public bool TryAcquire(long n, TimeSpan timeout, CancellationToken token = default)
    {
        Check(n);
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryTake(n) : TryTake(n) || Blocking.PlainWithin(this, WaitReason.SemaphoreWait, timeout, token, weight: n);
    }

    /// <summary>Hot form of <see cref="TryAcquire(long, TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryAcquire(long n, TimeSpan timeout, CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Check(n);
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryTake(n) : TryTake(n) || Blocking.HotWithin(this, g, WaitReason.SemaphoreWait, timeout, token, weight: n);
    }

    /// <summary>Takes one unit, unless it is not there in that time.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if it was taken.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was taken.</exception>
    public bool TryAcquire(TimeSpan timeout, CancellationToken token = default) => TryAcquire(1, timeout, token);

    /// <summary>Hot form of <see cref="TryAcquire(TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryAcquire(TimeSpan timeout, CancellationToken token, G g) => TryAcquire(1, timeout, token, g);

    /// <summary>As <see cref="TryAcquire(long, TimeSpan, CancellationToken)"/>, for async code.</summary>
    /// <param name="n">How many.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="token">Ends the wait; nothing is taken then.</param>
    public ValueTask<bool> TryAcquireAsync(long n, TimeSpan timeout, CancellationToken token = default)
    {
        Check(n);
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        if (TryTake(n))
            return new(true);
        return TimeLimit.IsNone(timeout) ? new(false) : Blocking.AsyncWithin(this, WaitReason.SemaphoreWait, timeout, token, weight: n);
    }

    /// <summary>Gives units back, and serves those who wait.</summary>
    /// <param name="n">How many.</param>
    /// <exception cref="InvalidOperationException">So many were not taken.</exception>
    public void Release(long n = 1) => Release(n, M.Current);

    /// <summary>Hot form of <see cref="Release(long)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Release(long n, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Release(n, g.m);
    }

    /// <summary>Takes units, and gives them back at the end of a <c>using</c>.</summary>
    /// <param name="n">How many.</param>
    public LockScope EnterScope(long n = 1)
    {
        Acquire(n);
        return new LockScope(Of(n));
    }

    /// <summary>Hot form of <see cref="EnterScope(long)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public LockScope EnterScope(long n, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Check(n);
        var of = Of(n);
        if (!TryTake(n))
            return Blocking.Hot(this, g, WaitReason.SemaphoreWait, scope: of, weight: n) ? new LockScope(of) : default;
        return Chaos.On ? Chaos.Primitive(g, new LockScope(of)) : new LockScope(of);
    }

    /// <summary>Takes units, for async code. Release them, or dispose of the result.</summary>
    /// <param name="n">How many.</param>
    /// <param name="token">Ends the wait; nothing is taken then.</param>
    public ValueTask<LockScope> AcquireAsync(long n = 1, CancellationToken token = default)
    {
        Check(n);
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<LockScope>(token);
        return TryTake(n) ? new(new LockScope(Of(n))) : Blocking.Async(this, WaitReason.SemaphoreWait, token, Of(n), weight: n).ScopeTask;
    }

    /// <summary>Somebody waits, at this moment.</summary>
    internal bool HasWaiters
    {
        get
        {
            _lock.Lock();
            var has = !_waiters.IsEmpty;
            _lock.Unlock();
            return has;
        }
    }

    private Releaser Of(long n) => n == 1 ? _releaseOne : new Releaser(this, n);

    private void Check(long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, _size);
    }

    private bool TryTake(long n)
    {
        _lock.Lock();
        var taken = _waiters.IsEmpty && n <= _size - _taken;
        if (taken)
            _taken += n;
        _lock.Unlock();
        return taken;
    }

    private void Release(long n, M? m)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        _lock.Lock();
        if (n > _taken)
        {
            _lock.Unlock();
            throw new InvalidOperationException("semaphore: released more than held");
        }
        _taken -= n;
        var served = Serve();
        _lock.Unlock();
        WaiterQueue.ReadyAll(served, m);
    }

    /// <summary>Under the lock: takes out of the queue, in order, those for whom there is enough.</summary>
    private Waiter? Serve()
    {
        Waiter? first = null, last = null;
        while (_waiters.First is { } w && w.weight <= _size - _taken)
        {
            _waiters.Remove(w);
            _taken += w.weight;
            if (last is null)
                first = w;
            else
                last.next = w;
            last = w;
        }
        return first;
    }

    bool IBlocker.Step(Waiter w)
    {
        if (w.stage == HasIt)
            return true;
        w.stage = HasIt;
        _lock.Lock();
        if (_waiters.IsEmpty && w.weight <= _size - _taken)
        {
            _taken += w.weight;
            _lock.Unlock();
            return true;
        }
        w.Prepare();
        _waiters.Add(w, Place);
        _lock.Unlock();
        return false;
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
        var served = Serve(); // it may have been in the way of others
        _lock.Unlock();
        var m = M.Current;
        WaiterQueue.ReadyAll(served, m);
        w.Ready(m);
        return true;
    }

    private sealed class Releaser(GoSemaphore of, long n) : ILocker
    {
        [NotWoven]
        public void Lock() => of.Acquire(n);

        public void Unlock() => of.Release(n);
    }
}
