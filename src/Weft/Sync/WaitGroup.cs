// WaitGroup: a counter, and a queue of waiters under a lock.
//
// Protocol: a waiter announces itself, then reads the counter; whoever takes the counter to zero does so, then looks for waiters. Both have
// a full barrier in between, so that one of the two sees the other; the lock settles the case in which both do.
//
// Misuse is what it is in Go: a counter below zero; an Add from zero while somebody waits; a counter above zero when a waiter
// comes back. The last two are found when it so happens, and mean that somebody was released too early, or could have been.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// Waits for a number of things to be done: Go's <c>sync.WaitGroup</c>.
/// </summary>
/// <remarks>
/// What was written before <see cref="Done()"/> is visible after the <see cref="Wait()"/> that it releases. Waiters are released in the order of their
/// arrival. A group may be used again once all its waits have returned.
/// </remarks>
/// <example><code>
/// var wg = new WaitGroup();
/// for (var i = 0; i &lt; 3; i++)
///     wg.Go(() => Goroutine.Yield());
/// wg.Wait();
/// </code></example>
public sealed class WaitGroup : IBlocker
{
    private const int Place = 1;

    private RuntimeLock _lock;
    private int _count;
    private int _announced; // waiters, and those who look whether they are
    private WaiterQueue _waiters;

    /// <summary>Adds to the counter; when it reaches zero all waiters are released.</summary>
    /// <param name="delta">What to add; may be negative.</param>
    /// <exception cref="InvalidOperationException">The counter would become negative, or leaves zero while somebody waits.</exception>
    public void Add(int delta)
    {
        if (Count(delta))
            Release(M.Current);
    }

    /// <summary>Hot form of <see cref="Add(int)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Add(int delta, G g)
    {
        if (Count(delta))
            Release(g.m);
    }

    /// <summary>Takes one off the counter.</summary>
    /// <exception cref="InvalidOperationException">The counter would become negative.</exception>
    public void Done() => Add(-1);

    /// <summary>Hot form of <see cref="Done()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Done(G g) => Add(-1, g);

    /// <summary>Blocks until the counter is zero.</summary>
    public void Wait()
    {
        if (Volatile.Read(ref _count) != 0)
            Blocking.Plain(this, WaitReason.WaitGroupWait);
    }

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(G g)
    {
        if (Volatile.Read(ref _count) != 0)
            Blocking.Hot(this, g, WaitReason.WaitGroupWait);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Blocks until the counter is zero or the token is cancelled.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Wait(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _count) != 0)
            Blocking.Plain(this, WaitReason.WaitGroupWait, token);
    }

    /// <summary>Hot form of <see cref="Wait(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(CancellationToken token, G g)
    {
        token.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _count) != 0)
            Blocking.Hot(this, g, WaitReason.WaitGroupWait, token);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Waits, for async code: the task is done when the counter is zero.</summary>
    /// <param name="token">Ends the wait.</param>
    public ValueTask WaitAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled(token);
        return Volatile.Read(ref _count) == 0 ? ValueTask.CompletedTask : Blocking.Async(this, WaitReason.WaitGroupWait, token, null).Task;
    }

    /// <summary>Runs <paramref name="body"/> in a new goroutine that is counted here until it ends; Go 1.25's <c>WaitGroup.Go</c>.</summary>
    /// <param name="body">What to run. An exception that leaves it ends the process, as in every goroutine.</param>
    [GoStatement]
    public void Go(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Add(1);
        Goroutine.Go(() =>
        {
            try
            {
                body();
            }
            finally
            {
                Done();
            }
        });
    }

    /// <summary>How many wait, at this moment.</summary>
    internal int Waiters => Volatile.Read(ref _announced);

    /// <summary>True: the counter has become zero, and there may be waiters.</summary>
    private bool Count(int delta)
    {
        // A full barrier between the counter and the waiters; pairs with the one in Step.
        var count = Interlocked.Add(ref _count, delta);
        if (count < 0)
        {
            Interlocked.Add(ref _count, -delta);
            throw new InvalidOperationException("sync: negative WaitGroup counter");
        }
        if (count != 0)
        {
            if (count == delta && Volatile.Read(ref _announced) != 0 && HasWaiters())
                throw new InvalidOperationException("sync: WaitGroup misuse: Add called concurrently with Wait");
            return false;
        }
        return Volatile.Read(ref _announced) != 0;
    }

    private bool HasWaiters()
    {
        _lock.Lock();
        var has = !_waiters.IsEmpty;
        _lock.Unlock();
        return has;
    }

    private void Release(M? m)
    {
        _lock.Lock();
        // Somebody may have added again in the meantime: those waiters saw zero pass all the same, and are released, as in Go.
        var waiters = _waiters.TakeAll(out var count);
        Volatile.Write(ref _announced, _announced - count);
        _lock.Unlock();
        WaiterQueue.ReadyAll(waiters, m);
    }

    bool IBlocker.Step(Waiter w)
    {
        if (w.stage == 1)
        {
            if (Volatile.Read(ref _count) != 0 && !w.cancelled)
                w.failure = new InvalidOperationException("sync: WaitGroup is reused before previous Wait has returned");
            return true;
        }
        w.stage = 1;
        _lock.Lock();
        _announced++;
        Interlocked.MemoryBarrier(); // between announcing ourselves and reading the counter; pairs with the interlocked add in Count
        if (Volatile.Read(ref _count) == 0)
        {
            _announced--;
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
        _announced--;
        w.cancelled = true;
        _lock.Unlock();
        w.Ready(M.Current);
        return true;
    }
}
