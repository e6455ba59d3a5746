// Sudog: a goroutine (or thread) in a channel's wait queue, and at the same time its innermost frame.
//
// When the operation parks, the sudog is pushed as the frame that finishes it: the trampoline resumes the sudog, which hands the
// value over, or throws, and is done. So a parked channel operation costs no frame of its own.
//
// Fields: g, next, prev, queued, elem and success are guarded by the channel's lock until the waker has dequeued it; then they are the
// waker's until goready, then the waiter's. The waiter alone frees it.
//
// Pooled on the thread: a sudog is released where its goroutine resumes, and after that nobody has a reference to it, because every
// waker finds it through the queue and has let it go before goready. What it refers to is cleared at release.

namespace Weft.Runtime;

internal abstract class Sudog : Frame
{
    internal G g = null!;

    /// <summary>Woken by a transfer, not by close.</summary>
    internal bool success;
}

/// <summary>What the resumed sudog has to finish.</summary>
internal enum ChanOp
{
    Send,
    Receive,
    ReceiveOk,
}

internal sealed class Sudog<T> : Sudog
{
    private const int PoolLimit = 128;

    [ThreadStatic] private static Sudog<T>? t_pool;
    [ThreadStatic] private static int t_pooled;

    internal Sudog<T>? next, prev;
    internal T? elem;
    private ChanOp _op;

    internal static Sudog<T> Acquire(G g, ChanOp op)
    {
        var s = t_pool;
        if (s is null)
        {
            s = new Sudog<T>();
        }
        else
        {
            t_pool = s.next;
            t_pooled--;
            s.next = null;
        }
        s.g = g;
        s._op = op;
        s.success = false;
        return s;
    }

    internal void Release()
    {
        g = null!;
        parent = null;
        elem = default;
        if (t_pooled >= PoolLimit)
            return;
        next = t_pool;
        t_pool = this;
        t_pooled++;
    }

    /// <summary>On the waiter, woken: ends a send.</summary>
    internal void FinishSend()
    {
        var ok = success;
        Release();
        if (!ok)
            throw new ChanClosedException();
    }

    /// <summary>On the waiter, woken: ends a receive.</summary>
    internal (T Value, bool Ok) FinishReceive()
    {
        var result = (elem!, success);
        Release();
        return result;
    }

    public override void Resume(G g)
    {
        switch (_op)
        {
            case ChanOp.Send:
                FinishSend();
                break;
            case ChanOp.Receive:
                g.SetResult(FinishReceive().Value);
                break;
            default:
                g.SetResult(FinishReceive());
                break;
        }
    }
}

/// <summary>FIFO of waiters; under the channel's lock.</summary>
internal struct WaitQueue<T>
{
    private Sudog<T>? _first, _last;

    internal readonly bool IsEmpty => _first is null;

    internal void Enqueue(Sudog<T> s)
    {
        s.next = null;
        s.prev = _last;
        if (_last is null)
            _first = s;
        else
            _last.next = s;
        _last = s;
    }

    internal Sudog<T>? Dequeue()
    {
        var s = _first;
        if (s is null)
            return null;
        _first = s.next;
        if (_first is null)
            _last = null;
        else
            _first.prev = null;
        s.next = null;
        return s;
    }
}
