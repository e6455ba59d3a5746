// Chan<T>: the channel.
//
// Invariants, under the lock:
//   at least one of the two wait queues is empty;
//   a buffered channel with values in it has no waiting receiver;
//   a buffered channel with room in it has no waiting sender.
//
// A transfer is complete when the waiter is dequeued: the waker puts the value into the waiter's sudog (or takes it from there), and the
// waiter, once resumed, only looks at its sudog. It never has to try again, and order is that of arrival.
// While the lock is held nobody is readied: goready may wake a thread, and runs after the unlock.
//
// Each blocking operation is one ladder (send, receive) that either completes or leaves a sudog in the queue; the hot form then parks the
// goroutine with that sudog as its frame, the plain form blocks its thread.

using System.Collections;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>
/// A channel: Go's <c>chan T</c>. Sends and receives block the goroutine (or, on a plain thread, the thread) until the other side is
/// ready. Values arrive in the order in which they were sent, and waiters are served in the order of their arrival.
/// </summary>
/// <remarks>
/// All members may be used from any thread. What was written before a send is visible after the receive of its value; what was written
/// before <see cref="Close"/> is visible after a receive that returns because of it.
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
public sealed partial class Chan<T> : IEnumerable<T>
{
    private readonly T[] _buffer;
    private readonly bool _nil;
    private RuntimeLock<Ranks.Chan> _lock;
    private bool _closed;
    private int _count;     // values in the buffer
    private int _sendIndex; // where the next value goes
    private int _recvIndex; // where the next value is taken
    private WaitQueue<T> _receivers;
    private WaitQueue<T> _senders;

    /// <summary>Makes a channel: Go's <c>make(chan T, capacity)</c>.</summary>
    /// <param name="capacity">How many values it holds without a receiver; 0 for an unbuffered channel, whose send waits for the receive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    public Chan(int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _buffer = capacity == 0 ? [] : new T[capacity];
    }

    private Chan(bool nil)
    {
        _nil = nil;
        _buffer = [];
    }

    /// <summary>Go's nil channel: sends and receives block for ever, closing it throws.</summary>
    public static Chan<T> Nil { get; } = new(nil: true);

    /// <summary>Number of values in the buffer; Go's <c>len</c>.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Size of the buffer; Go's <c>cap</c>.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Sends a value, blocking until it is received or buffered; Go's <c>ch &lt;- v</c>.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ChanClosedException">The channel is closed, or is closed while the send waits; the value was not sent.</exception>
    public void Send(T value)
    {
        var g = M.GoroutineOrThread();
        if (send(value, g, block: true, out _) is { } s)
        {
            Proc.block(g);
            s.FinishSend();
        }
    }

    /// <summary>Hot form of <see cref="Send(T)"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public void Send(T value, G g)
    {
        if (send(value, g, block: true, out _) is { } s)
        {
            if (g.held != 0)
            {
                Proc.block(g);
                s.FinishSend();
                return;
            }
            Proc.gopark(g);
            g.push(s);
        }
        else if (Chaos.On)
        {
            Chaos.Primitive(g);
        }
    }

    /// <summary>Receives a value, blocking until there is one; Go's <c>&lt;-ch</c>.</summary>
    /// <returns>The value, or the default of <typeparamref name="T"/> once the channel is closed and drained.</returns>
    public T Receive()
    {
        var g = M.GoroutineOrThread();
        if (receive(g, ChanOp.Receive, block: true, out var value, out _) is { } s)
        {
            Proc.block(g);
            value = s.FinishReceive().Value;
        }
        return value;
    }

    /// <summary>Hot form of <see cref="Receive()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public T Receive(G g)
    {
        if (receive(g, ChanOp.Receive, block: true, out var value, out _) is { } s)
        {
            if (g.held != 0)
            {
                Proc.block(g);
                return s.FinishReceive().Value;
            }
            Proc.gopark(g);
            g.push(s);
            return default!;
        }
        return Chaos.On ? Chaos.Primitive(g, value) : value;
    }

    /// <summary>As <see cref="Receive()"/>, and says whether the value was sent; Go's <c>v, ok := &lt;-ch</c>.</summary>
    /// <returns>The value and true, or the default and false once the channel is closed and drained.</returns>
    public (T Value, bool Ok) ReceiveOk()
    {
        var g = M.GoroutineOrThread();
        if (receive(g, ChanOp.ReceiveOk, block: true, out var value, out var ok) is { } s)
        {
            Proc.block(g);
            return s.FinishReceive();
        }
        return (value, ok);
    }

    /// <summary>Hot form of <see cref="ReceiveOk()"/>.</summary>
    [Twin, EditorBrowsable(EditorBrowsableState.Never)]
    public (T Value, bool Ok) ReceiveOk(G g)
    {
        if (receive(g, ChanOp.ReceiveOk, block: true, out var value, out var ok) is { } s)
        {
            if (g.held != 0)
            {
                Proc.block(g);
                return s.FinishReceive();
            }
            Proc.gopark(g);
            g.push(s);
            return default;
        }
        return Chaos.On ? Chaos.Primitive(g, (value, ok)) : (value, ok);
    }

    /// <summary>Sends if that needs no waiting: Go's <c>select</c> with a default clause.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False if the send would block; nothing was sent then.</returns>
    /// <exception cref="ChanClosedException">The channel is closed.</exception>
    public bool TrySend(T value)
    {
        send(value, null!, block: false, out var sent);
        return sent;
    }

    /// <summary>Receives if that needs no waiting: Go's <c>select</c> with a default clause.</summary>
    /// <param name="value">The value, or the default.</param>
    /// <returns>True if a value was received; false if the receive would block, or the channel is closed and drained.</returns>
    public bool TryReceive(out T value)
    {
        receive(null!, ChanOp.Receive, block: false, out value, out var ok);
        return ok;
    }

    /// <summary>
    /// Closes the channel: no more values will be sent. Buffered values can still be received; waiting receivers wake with the
    /// default, waiting senders with an exception.
    /// </summary>
    /// <exception cref="ChanClosedException">It is closed already.</exception>
    /// <exception cref="InvalidOperationException">It is <see cref="Nil"/>.</exception>
    public void Close()
    {
        if (_nil)
            throw new InvalidOperationException("close of nil channel");
        _lock.Lock();
        if (_closed)
        {
            _lock.Unlock();
            throw new ChanClosedException("close of closed channel");
        }
        _closed = true;
        // Linked by next; readied after the unlock, receivers first, each queue in its order.
        Sudog<T>? first = null, last = null;
        while ((_receivers.Dequeue() ?? _senders.Dequeue()) is { } s)
        {
            s.success = false;
            if (last is null)
                first = s;
            else
                last.next = s;
            last = s;
        }
        _lock.Unlock();
        var m = M.Current;
        var list = Proc.beginready(m);
        while (first is { } s)
        {
            first = s.next; // before goready: then the sudog is the waiter's again
            s.next = null;
            Proc.goready(s.g, m);
        }
        Proc.injectglist(list);
    }

    /// <summary>Receives until the channel is closed and drained; Go's <c>for v := range ch</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Completes the send and returns null, or (blocking) leaves a sudog in the queue and the goroutine Parking.</summary>
    private Sudog<T>? send(T value, G g, bool block, out bool sent)
    {
        sent = false;
        if (_nil)
        {
            if (block)
                return ForEver(g, WaitReason.ChanSendNil);
            return null;
        }
        // Non-blocking refusal without the lock: an instant at which the channel was open and full (or without a receiver) is
        // enough. _closed is read first; a channel that is not ready for sending stays so until somebody receives or closes,
        // and both happen after that read.
        if (!block && !Volatile.Read(ref _closed) && (_buffer.Length == 0 ? _receivers.IsEmpty : Volatile.Read(ref _count) == _buffer.Length))
            return null;
        _lock.Lock();
        if (_closed)
        {
            _lock.Unlock();
            throw new ChanClosedException();
        }
        // A waiting receiver: the value goes straight to it.
        if (_receivers.Dequeue() is { } receiver)
        {
            receiver.elem = value;
            receiver.success = true;
            var waiter = receiver.g;
            _lock.Unlock();
            sent = true;
            Proc.goready(waiter, g is null ? M.Current : g.m);
            return null;
        }
        // Room in the buffer.
        if (_count < _buffer.Length)
        {
            _buffer[_sendIndex] = value;
            if (++_sendIndex == _buffer.Length)
                _sendIndex = 0;
            _count++;
            _lock.Unlock();
            sent = true;
            return null;
        }
        if (!block)
        {
            _lock.Unlock();
            return null;
        }
        // Park.
        var s = Sudog<T>.ForSend(g);
        s.elem = value;
        Proc.gopark_begin(g, WaitReason.ChanSend);
        _senders.Enqueue(s);
        _lock.Unlock();
        return s;
    }

    /// <summary>Completes the receive and returns null, or (blocking) leaves a sudog in the queue and the goroutine Parking.</summary>
    private Sudog<T>? receive(G g, ChanOp op, bool block, out T value, out bool ok)
    {
        ok = false;
        if (_nil)
        {
            value = default!;
            if (block)
                return ForEver(g, WaitReason.ChanReceiveNil);
            return null;
        }
        // Non-blocking refusal without the lock: empty. A close that came since does not matter: false is the answer then, too.
        if (!block && (_buffer.Length == 0 ? _senders.IsEmpty : Volatile.Read(ref _count) == 0))
        {
            value = default!;
            return null;
        }
        _lock.Lock();
        // A value in the buffer; a waiting sender's takes its place.
        if (_count > 0)
        {
            ok = true;
            value = _buffer[_recvIndex];
            if (_senders.Dequeue() is { } next)
            {
                _buffer[_recvIndex] = next.elem!;
                if (++_recvIndex == _buffer.Length)
                    _recvIndex = 0;
                _sendIndex = _recvIndex;
                next.success = true;
                var waiter = next.g;
                _lock.Unlock();
                Proc.goready(waiter, g is null ? M.Current : g.m);
                return null;
            }
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                _buffer[_recvIndex] = default!;
            if (++_recvIndex == _buffer.Length)
                _recvIndex = 0;
            _count--;
            _lock.Unlock();
            return null;
        }
        // A waiting sender: its value comes straight from it.
        if (_senders.Dequeue() is { } sender)
        {
            ok = true;
            value = sender.elem!;
            sender.success = true;
            var waiter = sender.g;
            _lock.Unlock();
            Proc.goready(waiter, g is null ? M.Current : g.m);
            return null;
        }
        value = default!;
        if (_closed || !block)
        {
            _lock.Unlock();
            return null;
        }
        // Park.
        var s = Sudog<T>.ForReceive(g, op);
        Proc.gopark_begin(g, WaitReason.ChanReceive);
        _receivers.Enqueue(s);
        _lock.Unlock();
        return s;
    }

    /// <summary>Parks where nobody will look.</summary>
    private static Sudog<T> ForEver(G g, WaitReason reason)
    {
        var s = Sudog<T>.ForReceive(g, ChanOp.Receive);
        Proc.gopark_begin(g, reason);
        return s;
    }

    /// <summary>Receives from a channel until it is closed and drained.</summary>
    public sealed class Enumerator : IEnumerator<T>
    {
        private readonly Chan<T> _chan;
        private T _current = default!;
        private Step? _step;

        internal Enumerator(Chan<T> chan) => _chan = chan;

        /// <inheritdoc/>
        public T Current => _current;

        object? IEnumerator.Current => _current;

        /// <summary>Receives the next value, blocking until there is one; false once the channel is closed and drained.</summary>
        public bool MoveNext()
        {
            (_current, var ok) = _chan.ReceiveOk();
            return ok;
        }

        /// <summary>Hot form of <see cref="MoveNext()"/>.</summary>
        [Twin, EditorBrowsable(EditorBrowsableState.Never)]
        public bool MoveNext(G g)
        {
            if (_chan.receive(g, ChanOp.ReceiveOk, block: true, out _current, out var ok) is { } s)
            {
                if (g.held != 0)
                {
                    Proc.block(g);
                    return Finish(s);
                }
                Proc.gopark(g);
                g.push(_step ??= new Step(this));
                return false;
            }
            return Chaos.On ? Chaos.Primitive(g, ok) : ok;
        }

        private bool Finish(Sudog<T> s)
        {
            (_current, var ok) = s.FinishReceive();
            return ok;
        }

        void IEnumerator.Reset() => throw new NotSupportedException("a channel cannot be read again");

        /// <summary>Nothing to release: the channel stays as it is.</summary>
        public void Dispose()
        {
        }

        /// <summary>Finishes a parked MoveNext, in place of the sudog. One for each loop, so that the loop allocates nothing.</summary>
        private sealed class Step(Enumerator of) : Frame
        {
            public override void Resume(G g)
            {
                parent = null; // as a sudog's
                g.SetResult(of.Finish((Sudog<T>)g.recvSudog!));
            }
        }
    }
}
