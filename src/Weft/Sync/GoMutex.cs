// GoMutex: Go's sync.Mutex.
//
// The state word: locked, woken, starving, and above them the number of waiters that no token has been released for. Lock and Unlock are
// one compare-exchange while nobody waits.
//
// Normal mode. A waiter that is woken competes with newcomers, who have the advantage that they run already; that is what makes the
// mutex fast. If it loses it queues at the head. `woken` says that one is on its way (or spins): Unlock then wakes no other.
// Starving mode. A waiter that has been waiting for over 1 ms when it loses turns it on. Newcomers then queue at the tail, and Unlock
// hands the mutex to the first waiter: the token is the ownership, and `locked` is set by its new owner. The first owner who
// has waited for less than 1 ms, or is the last, turns it off. Handing over bounds the wait of everybody, at the cost of a switch each.
//
// A waiter whose token (of cancellation) fires leaves a ghost in the semaphore (Sema.cs), which is still counted here. UnlockSlow plays
// its part when it gets there: a woken ghost wants nothing, an owning ghost unlocks at once.

using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// A mutual exclusion lock: Go's <c>sync.Mutex</c>. A goroutine that waits for it gives its thread back; a plain thread blocks; async code
/// awaits <see cref="LockAsync"/>. All three may contend for the same mutex.
/// </summary>
/// <remarks>
/// It is fast rather than fair until somebody has waited for a millisecond; then it is handed over in the order of arrival. Not reentrant, and not bound
/// to whoever locked it: another goroutine may unlock. What was written before <see cref="Unlock()"/> is visible after the next lock.
/// </remarks>
/// <example><code>
/// var mutex = new GoMutex();
/// var count = 0;
/// var all = new WaitGroup();
/// for (var i = 0; i &lt; 10; i++)
///     all.Go(() =>
///     {
///         using (mutex.EnterScope())
///             count++;
///     });
/// all.Wait();
/// Console.WriteLine(count);      // 10
/// </code></example>
public sealed class GoMutex : ILocker, IBlocker
{
    private const int Locked = 1, Woken = 2, Starving = 4, Shift = 3, One = 1 << Shift;
    private const long StarvationNs = 1_000_000;
    private const int Spins = 4, SpinsOnce = 10;

    private int _state;
    private Sema _sema;

    /// <summary>Locks, blocking until the mutex is free.</summary>
    public void Lock()
    {
        if (!TryLockFree())
            Blocking.Plain(this, WaitReason.MutexLock);
    }

    /// <summary>Hot form of <see cref="Lock()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Lock(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!TryLockFree())
            Blocking.Hot(this, g, WaitReason.MutexLock);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks, unless the token is cancelled before the mutex is free.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the mutex was not locked.</exception>
    public void Lock(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!TryLockFree())
            Blocking.Plain(this, WaitReason.MutexLock, token);
    }

    /// <summary>Hot form of <see cref="Lock(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Lock(CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        if (!TryLockFree())
            Blocking.Hot(this, g, WaitReason.MutexLock, token);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Locks if the mutex is free and nobody starves for it; never blocks.</summary>
    /// <returns>True if it is now locked.</returns>
    public bool TryLock()
    {
        var old = Volatile.Read(ref _state);
        return (old & (Locked | Starving)) == 0 && Interlocked.CompareExchange(ref _state, old | Locked, old) == old;
    }

    /// <summary>Locks, unless the mutex is not free in that time.</summary>
    /// <param name="timeout">How long to wait: zero is <see cref="TryLock()"/>, <see cref="Timeout.InfiniteTimeSpan"/> is <see cref="Lock()"/>.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True if it is now locked.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the mutex was not locked.</exception>
    public bool TryLock(TimeSpan timeout, CancellationToken token = default)
    {
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryLock() : TryLockFree() || Blocking.PlainWithin(this, WaitReason.MutexLock, timeout, token);
    }

    /// <summary>Hot form of <see cref="TryLock(TimeSpan, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryLock(TimeSpan timeout, CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        return TimeLimit.IsNone(timeout) ? TryLock() : TryLockFree() || Blocking.HotWithin(this, g, WaitReason.MutexLock, timeout, token);
    }

    /// <summary>As <see cref="TryLock(TimeSpan, CancellationToken)"/>, for async code.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<bool> TryLockAsync(TimeSpan timeout, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        if (TimeLimit.IsNone(timeout))
            return new(TryLock());
        return TryLockFree() ? new(true) : Blocking.AsyncWithin(this, WaitReason.MutexLock, timeout, token);
    }

    /// <summary>Unlocks. If others wait, one of them is woken.</summary>
    /// <exception cref="InvalidOperationException">The mutex is not locked.</exception>
    public void Unlock()
    {
        if (Interlocked.CompareExchange(ref _state, 0, Locked) != Locked)
            UnlockSlow(M.Current);
    }

    /// <summary>Hot form of <see cref="Unlock()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Unlock(G g) => UnlockBy(g.m);

    internal void UnlockBy(M? m)
    {
        if (Interlocked.CompareExchange(ref _state, 0, Locked) != Locked)
            UnlockSlow(m);
    }

    /// <summary>Locks, and unlocks at the end of a <c>using</c>. Unlike <c>lock</c>, a goroutine may suspend inside.</summary>
    public LockScope EnterScope()
    {
        Lock();
        return new LockScope(this);
    }

    /// <summary>Hot form of <see cref="EnterScope()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public LockScope EnterScope(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!TryLockFree())
            return Blocking.Hot(this, g, WaitReason.MutexLock, scope: this) ? new LockScope(this) : default;
        return Chaos.On ? Chaos.Primitive(g, new LockScope(this)) : new LockScope(this);
    }

    /// <summary>Locks, for async code: the task is done when the mutex is locked. Unlock it, or dispose of the result.</summary>
    /// <param name="token">Ends the wait; nothing is locked then.</param>
    public ValueTask<LockScope> LockAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<LockScope>(token);
        return TryLockFree() ? new(new LockScope(this)) : Blocking.Async(this, WaitReason.MutexLock, token, this).ScopeTask;
    }

    /// <summary>Somebody holds it, at this moment.</summary>
    internal bool IsLocked => (Volatile.Read(ref _state) & Locked) != 0;

    /// <summary>How many wait, at this moment.</summary>
    internal int Waiters => Volatile.Read(ref _state) >> Shift;

    internal bool IsStarving => (Volatile.Read(ref _state) & Starving) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryLockFree() => Interlocked.CompareExchange(ref _state, Locked, 0) == 0;

    bool IBlocker.Step(Waiter w) => Step(w);

    bool IBlocker.Withdraw(Waiter w, int ticket) => Withdraw(w, ticket);

    internal bool Withdraw(Waiter w, int ticket) => _sema.Withdraw(w, ticket);

    /// <summary>A part of the operation: see <see cref="IBlocker.Step"/>. The waiter's fields of the mutex must be as after BeginMutex.</summary>
    internal bool Step(Waiter w)
    {
        if (w.cancelled)
            return true;
        if (w.waitedForMutex && IsOwner(w))
            return true;
        var rounds = 0;
        while (true)
        {
            var old = Volatile.Read(ref _state);
            if ((old & (Locked | Starving)) == Locked && rounds < Spins && w.CanSpin)
            {
                // Tell Unlock that it need not wake anybody: here comes one.
                if (!w.awoke && (old & Woken) == 0 && old >> Shift != 0 && Interlocked.CompareExchange(ref _state, old | Woken, old) == old)
                    w.awoke = true;
                Thread.SpinWait(SpinsOnce);
                rounds++;
                continue;
            }
            var now = old;
            if ((old & Starving) == 0)
                now |= Locked;
            if ((old & (Locked | Starving)) != 0)
                now += One;
            if (w.starving && (old & Locked) != 0)
                now |= Starving;
            if (w.awoke)
                now &= ~Woken;
            if (Interlocked.CompareExchange(ref _state, now, old) != old)
                continue;
            if ((old & (Locked | Starving)) == 0)
                return true;
            var isFirst = !w.waitedForMutex;
            if (isFirst)
            {
                w.since = w.Now;
                w.waitedForMutex = true;
            }
            if (!_sema.Acquire(w, lifo: !isFirst))
                return false;
            if (IsOwner(w))
                return true;
            rounds = 0;
        }
    }

    /// <summary>The waiter has a token. True: with it the mutex was handed over.</summary>
    private bool IsOwner(Waiter w)
    {
        w.starving |= w.Now - w.since > StarvationNs;
        var old = Volatile.Read(ref _state);
        if ((old & Starving) == 0)
        {
            w.awoke = true;
            return false;
        }
        // Nobody else sets or clears locked, starving or woken now.
        var delta = Locked - One;
        if (!w.starving || old >> Shift == 1)
            delta -= Starving;
        Interlocked.Add(ref _state, delta);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void UnlockSlow(M? m)
    {
        int old, now;
        do
        {
            old = Volatile.Read(ref _state);
            if ((old & Locked) == 0)
                throw new InvalidOperationException("sync: unlock of unlocked mutex");
            now = old & ~Locked;
        }
        while (Interlocked.CompareExchange(ref _state, now, old) != old);
        if ((now & Starving) != 0)
            HandOver(m);
        else
            Wake(now, m);
    }

    /// <summary>Starving, and unlocked by us: the first waiter becomes the owner.</summary>
    private void HandOver(M? m)
    {
        while (!_sema.Release(m))
        {
            // The owner is a ghost: it locks and unlocks.
            int old, now;
            do
            {
                old = Volatile.Read(ref _state);
                now = old - One;
                if (now >> Shift == 0)
                    now &= ~Starving;
            }
            while (Interlocked.CompareExchange(ref _state, now, old) != old);
            if ((now & Starving) == 0)
                return;
        }
        Proc.goyieldSoon(m);
    }

    /// <summary>Unlocked by us: a waiter may try its luck, unless there is none, or somebody has the mutex or is on his way to it.</summary>
    private void Wake(int old, M? m)
    {
        while (old >> Shift != 0 && (old & (Locked | Woken | Starving)) == 0)
        {
            if (Interlocked.CompareExchange(ref _state, old - One | Woken, old) != old)
            {
                old = Volatile.Read(ref _state);
                continue;
            }
            if (_sema.Release(m))
                return;
            // A ghost was woken: it wants nothing.
            old = Interlocked.And(ref _state, ~Woken) & ~Woken;
        }
    }
}
