// WaitGroup: a counter, and a queue of waiters under a lock.
//
// The state word is the counter, and a bit that says that somebody waits. Counting is a compare-exchange, but for the step that would take
// the counter to zero while somebody waits: that is made under the lock, together with taking out all waiters. A waiter sets the bit,
// while the counter is above zero, and queues under the same lock. So exactly those are released who waited when zero was reached.
// Rejected: counting down first and releasing then. Who counted down and is late would release those who wait for the next round.
//
// Misuse is what it is in Go: a counter below zero; a counter above zero when a waiter comes back, which means that the next round began
// too early. Go's third kind, an Add from zero while Wait registers, does no harm here.

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

    private const long Waited = 1;
    private const int Shift = 1;

    private RuntimeLock<Ranks.Wait> _lock;
    private long _state;
    private int _queued;
    private WaiterQueue _waiters;
    private SynctestBubble? _bubble; // of whoever added from zero, in tests

    /// <summary>Adds to the counter; when it reaches zero all waiters are released.</summary>
    /// <param name="delta">What to add; may be negative.</param>
    /// <exception cref="InvalidOperationException">The counter would become negative.</exception>
    public void Add(int delta)
    {
        if (SynctestBubble.On)
            JoinBubble(SynctestBubble.Current);
        if (Count(delta) is { } waiters)
            WaiterQueue.ReadyAll(waiters, M.Current);
    }

    /// <summary>Hot form of <see cref="Add(int)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Add(int delta, G g)
    {
        if (SynctestBubble.On)
        {
            SynctestBubble.Point(g);
            JoinBubble(g.bubble);
        }
        if (Count(delta) is { } waiters)
            WaiterQueue.ReadyAll(waiters, g.m);
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
        if (!IsZero)
            Blocking.Plain(this, Reason);
    }

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (!IsZero)
            Blocking.Hot(this, g, Reason);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Blocks until the counter is zero or the token is cancelled.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Wait(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!IsZero)
            Blocking.Plain(this, Reason, token);
    }

    /// <summary>Hot form of <see cref="Wait(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(CancellationToken token, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        token.ThrowIfCancellationRequested();
        if (!IsZero)
            Blocking.Hot(this, g, Reason, token);
        else if (Chaos.On)
            Chaos.Primitive(g);
    }

    /// <summary>Waits, for async code: the task is done when the counter is zero.</summary>
    /// <param name="token">Ends the wait.</param>
    public ValueTask WaitAsync(CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled(token);
        return IsZero ? ValueTask.CompletedTask : Blocking.Async(this, WaitReason.WaitGroupWait, token, null).Task;
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
    internal int Waiters => Volatile.Read(ref _queued);

    private bool IsZero => Volatile.Read(ref _state) >> Shift == 0;

    private WaitReason Reason =>
        SynctestBubble.On && _bubble is not null && _bubble == SynctestBubble.Current ? WaitReason.WaitGroupWaitDurable : WaitReason.WaitGroupWait;

    private void JoinBubble(SynctestBubble? caller)
    {
        if (caller == _bubble)
            return;
        if (!IsZero)
            throw new InvalidOperationException(caller is null || _bubble is null
                ? "sync: WaitGroup.Add called from inside and outside of a bubble"
                : "sync: WaitGroup.Add called from multiple bubbles");
        _bubble = caller;
    }

    /// <summary>Counts; if that reaches zero, returns those who waited for it.</summary>
    private Waiter? Count(int delta)
    {
        var old = Volatile.Read(ref _state);
        while (true)
        {
            var now = old + ((long)delta << Shift);
            if (now < 0)
                throw new InvalidOperationException("sync: negative WaitGroup counter");
            if (now == Waited && TryReachZero(old, out var waiters))
                return waiters;
            var seen = now == Waited ? Volatile.Read(ref _state) : Interlocked.CompareExchange(ref _state, now, old);
            if (now != Waited && seen == old)
                return null;
            old = seen;
        }
    }

    private bool TryReachZero(long old, out Waiter? waiters)
    {
        _lock.Lock();
        var reached = Interlocked.CompareExchange(ref _state, 0, old) == old;
        waiters = null;
        if (reached)
        {
            waiters = _waiters.TakeAll(out _);
            Volatile.Write(ref _queued, 0);
        }
        _lock.Unlock();
        return reached;
    }

    bool IBlocker.Step(Waiter w)
    {
        if (w.stage == 1)
        {
            if (!IsZero && !w.cancelled)
                w.failure = new InvalidOperationException("sync: WaitGroup is reused before previous Wait has returned");
            return true;
        }
        w.stage = 1;
        _lock.Lock();
        long old;
        do
        {
            old = Volatile.Read(ref _state);
            if (old >> Shift == 0)
            {
                _lock.Unlock();
                return true;
            }
        }
        while (Interlocked.CompareExchange(ref _state, old | Waited, old) != old);
        w.Prepare();
        _waiters.Add(w, Place);
        Volatile.Write(ref _queued, _queued + 1);
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
        Volatile.Write(ref _queued, _queued - 1);
        if (_waiters.IsEmpty)
            Interlocked.And(ref _state, ~Waited);
        w.cancelled = true;
        _lock.Unlock();
        w.Ready(M.Current);
        return true;
    }
}
