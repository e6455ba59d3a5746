// The end of a channel: close, and the record for those who wait for the end from outside (ChanEnd).
//
// Everybody who waits is dequeued, and so claimed, under the lock, and woken after it: waiters of other channels' selects and watchers
// included. A value that a sender had waiting was not sent.

using System.ComponentModel;
using Weft.Runtime;

namespace Weft;

public sealed partial class Chan<T>
{
    /// <inheritdoc cref="ISendChan{T}.Close"/>
    public void Close()
    {
        if (!TryClose(null))
            throw new ChanClosedException("close of closed channel");
    }

    /// <summary>Hot form of <see cref="Close()"/>.</summary>
    [Twin(Suspends = false), EditorBrowsable(EditorBrowsableState.Never)]
    public void Close(G g)
    {
        if (SynctestBubble.On)
            SynctestBubble.Point(g);
        Close();
    }

    /// <summary>Closes with a reason for those who see the end through an adapter; false if it is closed already.</summary>
    internal bool TryClose(Exception? reason)
    {
        if (isNil)
            throw new InvalidOperationException("close of nil channel");
        if (SynctestBubble.On)
            RequireBubble(null, "close of a bubble's channel");
        if (reason is not null)
            MakeEnd();
        @lock.Lock();
        if (closed)
        {
            @lock.Unlock();
            return false;
        }
        Volatile.Write(ref closed, true);
        if (end is { } e)
        {
            e.Error = reason;
            if (count == 0)
                e.Schedule();
        }
        // Linked by next; woken after the unlock, receivers first, each queue in its order.
        Sudog? first = null, last = null;
        while ((recvq.Dequeue() ?? sendq.Dequeue()) is { } s)
        {
            s.success = false;
            if (last is null)
                first = s;
            else
                last.next = s;
            last = s;
        }
        @lock.Unlock();
        var m = M.Current;
        var list = Proc.beginready(m);
        try
        {
            while (first is { } s)
            {
                first = s.next; // before the wake: then the sudog is the waiter's again
                s.next = null;
                s.Wake(m);
            }
        }
        finally
        {
            Proc.injectglist(list); // memory may end within; what is on the list would never run, nor what comes after it on this thread
        }
        return true;
    }

    /// <summary>The record of the channel's end, for adapters.</summary>
    internal ChanEnd MakeEnd()
    {
        if (Volatile.Read(ref end) is { } known)
            return known;
        var made = new ChanEnd();
        @lock.Lock();
        var e = end;
        if (e is null)
        {
            Volatile.Write(ref end, e = made);
            if (closed && count == 0)
                e.Schedule();
        }
        @lock.Unlock();
        return e;
    }
}
