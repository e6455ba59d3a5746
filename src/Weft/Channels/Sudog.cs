// Sudog: one wait in a channel's queue, and for a plain operation of a goroutine at the same time its innermost frame.
//
// When such an operation parks, the sudog is pushed as the frame that finishes it: the trampoline resumes the sudog, which hands the
// value over, or throws, and is done. So a parked channel operation costs no frame of its own.
//
// Fields: next, prev, elem, success and owner are guarded by the channel's lock until the waker has dequeued it; then they are the
// waker's until it wakes the waiter, then the waiter's.
//
// Those of plain operations are cached in the G: one for sends, one for receives, since a goroutine waits for one operation at a time, and
// a stage of a pipeline receives one type and sends another. Reuse is safe because every waker finds a sudog through the queue and does
// not touch it after goready. Only a goroutine that alternates between types of values on the same side makes new ones. Rejected: a pool
// on the thread, as in Go's P: two accesses to thread statics for each operation were 7 ns of a ping-pong's 140.
// Those of selects belong to their cases, those of async operations to the operation.

using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Weft.Runtime;

/// <summary>A waiter that is no goroutine and no thread: it is told, not readied.</summary>
internal interface IAsyncWaiter
{
    /// <summary>The wait is over. Called once, by whoever claimed it, without locks.</summary>
    void Complete();
}

internal abstract class Sudog : Frame
{
    /// <summary>Whom to ready; null: <see cref="owner"/> is an <see cref="IAsyncWaiter"/>.</summary>
    internal G? g;

    internal Sudog? next, prev;

    /// <summary>
    /// A <see cref="Selection"/>, a <see cref="Watcher"/>, an <see cref="AsyncOperation{T}"/>, a <see cref="Cancellation"/> (which stays for the
    /// next time), or null.
    /// </summary>
    internal object? owner;

    /// <summary>Which of its select's cases it stands for.</summary>
    internal int index;

    /// <summary>Woken by a transfer, not by close or a token.</summary>
    internal bool success;

    /// <summary>The token of <see cref="owner"/> is watched.</summary>
    internal bool armed;

    /// <summary>In a wait queue; the checker's own.</summary>
    internal bool queued;

    /// <summary>Wakes the waiter, claimed before; without locks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Wake(M? m)
    {
        if (g is { } waiter)
            Proc.goready(waiter, m);
        else
            Tell((IAsyncWaiter)owner!);
    }

    // Whoever sends or closes has nothing to do with a synchronization context of the receiver's that refuses its continuation. As .NET does for
    // tasks: it is thrown where nobody is in the way.
    internal static void Tell(IAsyncWaiter waiter)
    {
        try
        {
            waiter.Complete();
        }
        catch (Exception e)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static e => e.Throw(), ExceptionDispatchInfo.Capture(e), preferLocal: false);
        }
    }
}

/// <summary>What the resumed sudog has to finish.</summary>
internal enum ChanOp : byte
{
    Send,
    Receive,
    ReceiveOk,
}

internal sealed class Sudog<T> : Sudog
{
    internal T? elem;
    private ChanOp _op;

    internal Sudog(G? g, ChanOp op)
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
        if (armed)
            Cancellation.Disarm(this);
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
        if (armed)
            Cancellation.Disarm(this);
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
