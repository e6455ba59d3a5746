// Channel operations of async code: the same ladder, and a ValueTask where it says "wait".
//
// What can be done at once is done on the caller's thread and allocates nothing; what waits takes an operation from a pool
// (AsyncOperation.cs) and gives it back when its result is fetched.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

public sealed partial class Chan<T>
{
    /// <inheritdoc/>
    public ValueTask SendAsync(T value, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        try
        {
            if (SendOrLock(value, null))
                return default;
        }
        catch (ChanClosedException e)
        {
            return ValueTask.FromException(e);
        }
        var operation = Wait(isSend: true, value, cancellationToken);
        return new ValueTask(operation, operation.Version);
    }

    /// <inheritdoc/>
    public ValueTask<T> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        if (ReceiveOrLock(null, out var value, out _))
            return new ValueTask<T>(value);
        var operation = Wait(isSend: false, default!, cancellationToken);
        return new ValueTask<T>(operation, operation.Version);
    }

    /// <inheritdoc/>
    public ValueTask<(T Value, bool Ok)> ReceiveOkAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<(T, bool)>(cancellationToken);
        if (ReceiveOrLock(null, out var value, out var ok))
            return new ValueTask<(T, bool)>((value, ok));
        var operation = Wait(isSend: false, default!, cancellationToken);
        return new ValueTask<(T, bool)>(operation, operation.Version);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (value, ok) = await ReceiveOkAsync(cancellationToken).ConfigureAwait(false);
            if (!ok)
                yield break;
            yield return value;
        }
    }

    /// <summary>Queues an operation; the lock, held before, is let go.</summary>
    private AsyncOperation<T> Wait(bool isSend, T value, CancellationToken token)
    {
        var chan = isNil ? LeaveNil(token) : this;
        var operation = chan is null ? new AsyncOperation<T>() : AsyncOperation<T>.Rent();
        operation.Begin(chan, isSend, value);
        chan?.@lock.Unlock();
        operation.Watch(token);
        return operation;
    }
}
