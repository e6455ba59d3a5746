// Chan<T>: the channel.
//
// Invariants, under the lock:
//   at least one of the two wait queues is empty, but for a select that waits on both ends, and for waiters that have gone (WaitQueue);
//   a buffered channel with values in it has no waiting receiver;
//   a buffered channel with room in it has no waiting sender.
//
// A transfer is complete when the waiter is dequeued: the waker puts the value into the waiter's sudog (or takes it from there), and the
// waiter, once resumed, only looks at its sudog. It never has to try again, and order is that of arrival.
// While the lock is held nobody is readied: goready may wake a thread, and runs after the unlock.
//
// Three kinds of callers meet on a channel: a goroutine in hot code parks with its sudog as its frame, plain code blocks its thread, async
// code gets a ValueTask. All take the same ladder (Chan.Ladder.cs); they differ in what they do once it says "wait".
//
// A token: is looked at first, and when the operation has to wait it is registered after the sudog was queued (Cancellation.cs).

using System.Collections;
using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// A channel: Go's <c>chan T</c>. Sends and receives block the goroutine (or, on a plain thread, the thread) until the other side is
/// ready. Values arrive in the order in which they were sent, and waiters are served in the order of their arrival.
/// </summary>
/// <remarks>
/// All members may be used from any thread. Goroutines, plain threads and async code may use the same channel at the same time. What was
/// written before a send is visible after the receive of its value; what was written before <see cref="Close()"/> is visible after a receive
/// that returns because of it.
/// <para>Operations with a <see cref="CancellationToken"/> throw <see cref="OperationCanceledException"/> when the token is cancelled before
/// they are complete, also if they would not have had to wait; then nothing was sent, or taken.</para>
/// </remarks>
/// <typeparam name="T">The type of the values.</typeparam>
/// <example><code>
/// var squares = new Chan&lt;int&gt;();
/// Goroutine.Go(() =>
/// {
///     for (var i = 1; i &lt;= 3; i++)
///         squares.Send(i * i);
///     squares.Close();
/// });
/// foreach (var square in squares)
///     Console.WriteLine(square);      // 1, 4, 9
/// </code></example>
public sealed partial class Chan<T> : Hchan, ISendChan<T>, IReceiveChan<T>
{
    /// <summary>Makes a channel: Go's <c>make(chan T, capacity)</c>.</summary>
    /// <param name="capacity">How many values it holds without a receiver; 0 for an unbuffered channel, whose send waits for the receive.</param>
    /// <remarks>Memory for a large buffer is taken as it fills.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative, or so large that the memory of the machine could
    /// not hold the buffer.</exception>
    public Chan(int capacity = 0) : base(capacity, isNil: false)
    {
        if (capacity == 0)
        {
            _buffer = [];
            return;
        }
        if (capacity < 0 || capacity > EagerLength && !Fits(capacity))
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "The size of a channel's buffer is out of range.");
        _buffer = new T[Math.Min(capacity, EagerLength)];
    }

    private Chan(bool nil) : base(0, nil) => _buffer = [];

    /// <summary>Go's nil channel: sends and receives block for ever, closing it throws.</summary>
    public static Chan<T> Nil { get; } = new(nil: true);

    /// <inheritdoc cref="IReceiveChan{T}.Count"/>
    public int Count => _timer is null ? Volatile.Read(ref count) : 0;

    /// <inheritdoc cref="IReceiveChan{T}.Capacity"/>
    public int Capacity => _timer is null ? capacity : 0;

    /// <inheritdoc cref="ISendChan{T}.Send(T)"/>
    public void Send(T value)
    {
        var g = M.GoroutineOrThread();
        if (SendOrLock(value, g))
            return;
        var s = ParkSend(value, g, default);
        Proc.block(g);
        s.FinishSend();
    }

    /// <summary>Hot form of <see cref="Send(T)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Send(T value, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (SendOrLock(value, g))
        {
            if (Chaos.On)
                Chaos.Primitive(g);
            return;
        }
        var s = ParkSend(value, g, default);
        if (g.held != 0)
        {
            Proc.block(g);
            s.FinishSend();
            return;
        }
        Proc.gopark(g);
        g.push(s);
    }

    /// <inheritdoc cref="ISendChan{T}.Send(T, CancellationToken)"/>
    public void Send(T value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var g = M.GoroutineOrThread();
        if (SendOrLock(value, g))
            return;
        var s = ParkSend(value, g, cancellationToken);
        Proc.block(g);
        s.FinishSend();
    }

    /// <summary>Hot form of <see cref="Send(T, CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Send(T value, CancellationToken cancellationToken, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        cancellationToken.ThrowIfCancellationRequested();
        if (SendOrLock(value, g))
        {
            if (Chaos.On)
                Chaos.Primitive(g);
            return;
        }
        var s = ParkSend(value, g, cancellationToken);
        if (g.held != 0)
        {
            Proc.block(g);
            s.FinishSend();
            return;
        }
        Proc.gopark(g);
        g.push(s);
    }

    /// <inheritdoc cref="IReceiveChan{T}.Receive()"/>
    public T Receive()
    {
        var g = M.GoroutineOrThread();
        if (ReceiveOrLock(g, out var value, out _))
            return value;
        var s = ParkReceive(g, ChanOp.Receive, default);
        Proc.block(g);
        return s.FinishReceive().Value;
    }

    /// <summary>Hot form of <see cref="Receive()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public T Receive(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (ReceiveOrLock(g, out var value, out _))
            return Chaos.On ? Chaos.Primitive(g, value) : value;
        var s = ParkReceive(g, ChanOp.Receive, default);
        if (g.held != 0)
        {
            Proc.block(g);
            return s.FinishReceive().Value;
        }
        Proc.gopark(g);
        g.push(s);
        return default!;
    }

    /// <inheritdoc cref="IReceiveChan{T}.Receive(CancellationToken)"/>
    public T Receive(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var g = M.GoroutineOrThread();
        if (ReceiveOrLock(g, out var value, out _))
            return value;
        var s = ParkReceive(g, ChanOp.Receive, cancellationToken);
        Proc.block(g);
        return s.FinishReceive().Value;
    }

    /// <summary>Hot form of <see cref="Receive(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public T Receive(CancellationToken cancellationToken, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        cancellationToken.ThrowIfCancellationRequested();
        if (ReceiveOrLock(g, out var value, out _))
            return Chaos.On ? Chaos.Primitive(g, value) : value;
        var s = ParkReceive(g, ChanOp.Receive, cancellationToken);
        if (g.held != 0)
        {
            Proc.block(g);
            return s.FinishReceive().Value;
        }
        Proc.gopark(g);
        g.push(s);
        return default!;
    }

    /// <inheritdoc cref="IReceiveChan{T}.ReceiveOk()"/>
    public (T Value, bool Ok) ReceiveOk()
    {
        var g = M.GoroutineOrThread();
        if (ReceiveOrLock(g, out var value, out var ok))
            return (value, ok);
        var s = ParkReceive(g, ChanOp.ReceiveOk, default);
        Proc.block(g);
        return s.FinishReceive();
    }

    /// <summary>Hot form of <see cref="ReceiveOk()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public (T Value, bool Ok) ReceiveOk(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        if (ReceiveOrLock(g, out var value, out var ok))
            return Chaos.On ? Chaos.Primitive(g, (value, ok)) : (value, ok);
        var s = ParkReceive(g, ChanOp.ReceiveOk, default);
        if (g.held != 0)
        {
            Proc.block(g);
            return s.FinishReceive();
        }
        Proc.gopark(g);
        g.push(s);
        return default;
    }

    /// <inheritdoc cref="IReceiveChan{T}.ReceiveOk(CancellationToken)"/>
    public (T Value, bool Ok) ReceiveOk(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var g = M.GoroutineOrThread();
        if (ReceiveOrLock(g, out var value, out var ok))
            return (value, ok);
        var s = ParkReceive(g, ChanOp.ReceiveOk, cancellationToken);
        Proc.block(g);
        return s.FinishReceive();
    }

    /// <summary>Hot form of <see cref="ReceiveOk(CancellationToken)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public (T Value, bool Ok) ReceiveOk(CancellationToken cancellationToken, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        cancellationToken.ThrowIfCancellationRequested();
        if (ReceiveOrLock(g, out var value, out var ok))
            return Chaos.On ? Chaos.Primitive(g, (value, ok)) : (value, ok);
        var s = ParkReceive(g, ChanOp.ReceiveOk, cancellationToken);
        if (g.held != 0)
        {
            Proc.block(g);
            return s.FinishReceive();
        }
        Proc.gopark(g);
        g.push(s);
        return default;
    }

    /// <inheritdoc cref="ISendChan{T}.TrySend(T)"/>
    public bool TrySend(T value)
    {
        // Refusal without the lock: an instant at which the channel was open and full (or without a receiver) is enough. CanSend looks
        // at closed last; a channel that was closed before the call is therefore seen to be.
        if (SynctestBubble.On)
            RequireBubble(null, "send on a bubble's channel");
        if (!CanSend)
            return false;
        if (SendOrLock(value, null))
            return true;
        @lock.Unlock();
        return false;
    }

    /// <summary>Hot form of <see cref="TrySend(T)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public bool TrySend(T value, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        return TrySend(value);
    }

    /// <summary>As <see cref="TrySend(T)"/>, but a closed channel is one that refuses.</summary>
    internal bool TrySendOpen(T value)
    {
        if (!CanSend)
            return false;
        @lock.Lock();
        var attempt = SendLocked(value, out var waiter);
        @lock.Unlock();
        waiter?.Wake(M.Current);
        return attempt == Attempt.Done;
    }

    /// <inheritdoc cref="IReceiveChan{T}.TryReceive(out T)"/>
    public bool TryReceive(out T value)
    {
        // Refusal without the lock: empty. A close that comes meanwhile does not matter: false is the answer then, too.
        if (SynctestBubble.On)
            RequireBubble(null, "receive on a bubble's channel");
        if (Volatile.Read(ref count) == 0 && sendq.IsEmpty)
        {
            value = default!;
            return false;
        }
        if (ReceiveOrLock(null, out value, out var ok))
            return ok;
        @lock.Unlock();
        return false;
    }

    /// <summary>Hot form of <see cref="TryReceive(out T)"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public bool TryReceive(out T value, G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        return TryReceive(out value);
    }

    /// <inheritdoc cref="IReceiveChan{T}.OnReceive"/>
    public ReceiveCase<T> OnReceive() => new(this);

    /// <inheritdoc cref="ISendChan{T}.OnSend(T)"/>
    public SendCase<T> OnSend(T value) => new(this) { Value = value };

    /// <summary>Receives until the channel is closed and drained; Go's <c>for v := range ch</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
