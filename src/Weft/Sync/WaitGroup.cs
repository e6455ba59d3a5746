// WaitGroup: a counter with a mark that somebody waits, in one word, and a list of waiters under a lock.
//
// The waiters are linked through their Gs: a goroutine that waits is in no other list. Protocol: a waiter, under the lock, sets the mark
// while the counter is above zero, then lists itself. Whoever takes the counter to zero learns in the same instruction whether the mark
// was set; if so it takes the lock, and with it the list and the mark. Rejected: a counter and a list that are looked at one after the other.
// Between the two others may add and wait again, and were released by a zero that came before they did.

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
    private long _state; // the counter in the upper half, the mark in the lower
    private G? _waiters;

    private const long Waiting = 1;

    private static int CountOf(long state) => (int)(state >> 32);

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
        if (CountOf(Volatile.Read(ref _state)) == 0)
            return;
        var g = M.GoroutineOrThread();
        if (BeginWait(g))
            Proc.block(g);
    }

    /// <summary>Hot form of <see cref="Wait()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Wait(G g)
    {
        if (CountOf(Volatile.Read(ref _state)) == 0 || !BeginWait(g))
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
        var state = Interlocked.Add(ref _state, (long)delta << 32);
        if (CountOf(state) < 0)
            throw new InvalidOperationException("negative WaitGroup counter");
        if (CountOf(state) == 0 && delta < 0 && (state & Waiting) != 0)
            Release(m);
    }

    private void Release(M? m)
    {
        _lock.Lock();
        // Somebody may have added again in the meantime, too early, since those who wait have not returned: they saw zero pass all the same.
        var waiters = _waiters;
        _waiters = null;
        Interlocked.And(ref _state, ~Waiting);
        _lock.Unlock();
        var list = Proc.beginready(m);
        while (waiters is { } g)
        {
            if (Check.On)
                Check.Take(g, Place.WaitGroup);
            waiters = g.schedlink;
            g.schedlink = null; // before goready puts it into a queue
            Proc.goready(g, m);
        }
        Proc.injectglist(list);
    }

    private bool BeginWait(G g)
    {
        _lock.Lock();
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (CountOf(state) == 0)
            {
                _lock.Unlock();
                return false;
            }
            // If it goes to zero now, whoever takes it there sees the mark, and waits for the lock.
            if ((state & Waiting) != 0 || Interlocked.CompareExchange(ref _state, state | Waiting, state) == state)
                break;
        }
        Proc.gopark_begin(g, WaitReason.WaitGroupWait);
        if (Check.On)
            Check.Put(g, Place.WaitGroup);
        g.schedlink = _waiters;
        _waiters = g;
        _lock.Unlock();
        return true;
    }
}
