// WorkerPool: a number of goroutines that work off a channel. What every Go program writes by hand.
//
// Plain blocking code, woven like anybody's.

using Weft.Runtime;

namespace Weft;

/// <summary>A fixed number of goroutines that handle items one after the other, in the order in which they were submitted.</summary>
/// <remarks>
/// An exception of the handler stops the pool: items that wait are dropped, <see cref="Submit"/> throws, and <see cref="Wait"/> throws the exception.
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <example><code>
/// var sum = 0;
/// var pool = new WorkerPool&lt;int&gt;(workers: 4, n => Interlocked.Add(ref sum, n));
/// for (var i = 1; i &lt;= 10; i++)
///     pool.Submit(i);
/// pool.Wait();
/// Console.WriteLine(sum);      // 55
/// </code></example>
public sealed class WorkerPool<T>
{
    private readonly Chan<T> _items;
    private readonly ErrGroup _workers = new();
    private readonly Action<T> _handle;
    private readonly Once _close = new();

    /// <summary>Starts the workers.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="handle">Handles an item.</param>
    /// <param name="capacity">How many items may wait; 0: <see cref="Submit"/> blocks until a worker takes the item.</param>
    public WorkerPool(int workers, Action<T> handle, int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentNullException.ThrowIfNull(handle);
        _items = new Chan<T>(capacity);
        _handle = handle;
        for (var i = 0; i < workers; i++)
            _workers.Go(Work);
    }

    /// <summary>Cancelled when the handler has failed.</summary>
    public CancellationToken Token => _workers.Token;

    /// <summary>Gives an item to the workers, blocking until there is room for it.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="ChanClosedException">The pool takes no more: <see cref="Wait"/> was called, or the handler has failed.</exception>
    public void Submit(T item) => _items.Send(item);

    /// <summary>Gives an item to the workers if there is room for it now.</summary>
    /// <param name="item">The item.</param>
    /// <returns>False if there is not.</returns>
    /// <exception cref="ChanClosedException">As <see cref="Submit"/>.</exception>
    public bool TrySubmit(T item) => _items.TrySend(item);

    /// <summary>Takes no more items, blocks until all are handled, and throws the first error of the handler, if there was one.</summary>
    public void Wait()
    {
        Close();
        _workers.Wait();
    }

    /// <summary>As <see cref="Wait"/>, for async code.</summary>
    public Task WaitAsync()
    {
        Close();
        return _workers.WaitAsync();
    }

    private void Close() => _close.Do(_items.Close);

    private void Work()
    {
        var hasEnded = false;
        try
        {
            foreach (var item in _items)
                _handle(item);
            hasEnded = true;
        }
        finally
        {
            if (!hasEnded)
                Stop();
        }
    }

    [NotWoven]
    private void Stop()
    {
        Close();
        while (_items.TryReceive(out _))
        {
        }
    }
}
