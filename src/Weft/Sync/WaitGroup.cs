// WaitGroup: a counter, and a list of waiters under a lock.
//
// The waiters are linked through their Gs: a goroutine that waits is in no other list. Protocol: a waiter lists itself, then reads the
// counter; whoever takes the counter to zero does so, then looks at the list. Both have a full barrier in between, so that one of the
// two sees the other; the lock settles the case in which both do.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// Waits for a number of things to be done: Go's <c>sync.WaitGroup</c>.
/// </summary>
/// <remarks>What was written before <see cref="Done()"/> is visible after the <see cref="Wait()"/> that it releases.</remarks>
/// <example><code>
/// var wg = new WaitGroup();
/// for (var i = 0; i &lt; 3; i++)
///     wg.Go(() => Goroutine.Yield());
/// wg.Wait();
/// </code></example>
public sealed class WaitGroup
{
    private RuntimeLock<Ranks.WaitGroup> _lock;
    private int _count;
    private G? _waiters;

    /// <summary>Adds to the counter; when it reaches zero all waiters are released.</summary>
    /// <param name="delta">What to add; may be negative.</param>
    /// <exception cref="InvalidOperationException">The counter would become negative.</exception>
    public void Add(int delta) => Add(delta, M.Current);

    /// <summary>Hot form of <see cref="Add(int)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Add(int delta, G g) => Add(delta, g.m);

    /// <summary>Takes one off the counter.</summary>
    /// <exception cref="InvalidOperationException">The counter would become negative.</exception>
    public void Done() => Add(-1, M.Current);

    /// <summary>Hot form of <see cref="Done()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Done(G g) => Add(-1, g.m);

    /// <summary>Blocks until the counter is zero.</summary>
    public void Wait()
    {
        if (Volatile.Read(ref _count) == 0)
            return;
        var g = M.GoroutineOrThread();
        if (BeginWait(g))
            Proc.block(g);
    }

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(G g)
    {
        if (Volatile.Read(ref _count) == 0 || !BeginWait(g))
        {
            if (Chaos.On)
                Chaos.Primitive(g);
            return;
        }
        if (g.held != 0)
            Proc.block(g);
        else
            Proc.gopark(g);
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

    private void Add(int delta, M? m)
    {
        var count = Interlocked.Add(ref _count, delta);
        if (count < 0)
            throw new InvalidOperationException("negative WaitGroup counter");
        if (count != 0 || delta >= 0)
            return;
        // The interlocked add is a full barrier: a waiter that saw the counter above zero, under the lock, is in the list by now
        // or will see zero there.
        if (Volatile.Read(ref _waiters) is not null)
            Release(m);
    }

    private void Release(M? m)
    {
        _lock.Lock();
        // Somebody may have added again in the meantime: those waiters saw zero pass all the same, and are released, as in Go.
        var waiters = _waiters;
        _waiters = null;
        _lock.Unlock();
        while (waiters is { } g)
        {
            if (Check.On)
                Check.Take(g, Place.WaitGroup);
            waiters = g.schedlink;
            g.schedlink = null; // before goready puts it into a queue
            Proc.goready(g, m);
        }
    }

    private bool BeginWait(G g)
    {
        _lock.Lock();
        Proc.gopark_begin(g, WaitReason.WaitGroupWait);
        if (Check.On)
            Check.Put(g, Place.WaitGroup);
        g.schedlink = _waiters;
        Volatile.Write(ref _waiters, g);
        Interlocked.MemoryBarrier(); // between listing ourselves and reading the counter; pairs with the interlocked add in Add
        if (Volatile.Read(ref _count) != 0)
        {
            _lock.Unlock();
            return true;
        }
        // Zero. Release needs the lock, so we are still first in the list.
        if (Check.On)
            Check.Take(g, Place.WaitGroup);
        _waiters = g.schedlink;
        g.schedlink = null;
        g.casgstatus(GStatus.Parking, GStatus.Running);
        _lock.Unlock();
        return false;
    }
}
