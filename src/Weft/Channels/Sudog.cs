// Sudog: a goroutine (or thread) in a channel's wait queue, and at the same time its innermost frame.
//
// When the operation parks, the sudog is pushed as the frame that finishes it: the trampoline resumes the sudog, which hands the
// value over, or throws, and is done. So a parked channel operation costs no frame of its own.
//
// Fields: next, prev, elem and success are guarded by the channel's lock until the waker has dequeued it; then they are the
// waker's until goready, then the waiter's.
//
// Cached in the G: one for sends, one for receives, since a goroutine waits for one operation at a time, and a stage of a pipeline
// receives one type and sends another. Reuse is safe because every waker finds a sudog through the queue and does not touch it after
// goready. Only a goroutine that alternates between types of values on the same side makes new ones. Rejected: a pool on the thread,
// as in Go's P: two accesses to thread statics for each operation were 7 ns of a ping-pong's 140.

using System.Runtime.CompilerServices;

namespace Weft.Runtime;

internal abstract class Sudog : Frame
{
    /// <summary>Whose it is; never changes.</summary>
    internal G g = null!;

    /// <summary>Woken by a transfer, not by close.</summary>
    internal bool success;

    /// <summary>In a wait queue; the checker's own.</summary>
    internal bool queued;
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
    internal Sudog<T>? next, prev;
    internal T? elem;
    private ChanOp _op;

    private Sudog(G g, ChanOp op)
    {
        this.g = g;
        _op = op;
    }

    internal static Sudog<T> ForSend(G g)
    {
        if (g.sendSudog is Sudog<T> s)
        {
            s.success = false;
            return s;
        }
        s = new Sudog<T>(g, ChanOp.Send);
        g.sendSudog = s;
        return s;
    }

    internal static Sudog<T> ForReceive(G g, ChanOp op)
    {
        if (g.recvSudog is Sudog<T> s)
        {
            s.success = false;
            s._op = op;
            return s;
        }
        s = new Sudog<T>(g, op);
        g.recvSudog = s;
        return s;
    }

    /// <summary>On the waiter, woken: ends a send.</summary>
    internal void FinishSend()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            elem = default;
        if (!success)
            throw new ChanClosedException();
    }

    /// <summary>On the waiter, woken: ends a receive.</summary>
    internal (T Value, bool Ok) FinishReceive()
    {
        var value = elem!;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            elem = default;
        else if (!success)
            value = default!; // of an earlier receive
        return (value, success);
    }

    public override void Resume(G g)
    {
        parent = null; // the sudog outlives the frames below it, which may be the deepest that there ever were
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
        if (Check.On)
            Check.Enqueue(s);
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
        if (Check.On)
            Check.Dequeue(s);
        return s;
    }
}
