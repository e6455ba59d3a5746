// The two channel cases. What they share is in ChanCase; what differs is the side of the channel.

using System.Runtime.CompilerServices;
using Weft.Runtime;

namespace Weft;

/// <summary>A case that sends to, or receives from, a channel.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class ChanCase<T> : SelectCase
{
    private protected readonly Chan<T> chan;
    private protected Sudog<T>? sudog;

    private protected ChanCase(Chan<T> chan) => this.chan = chan;

    /// <summary>The channel.</summary>
    public Chan<T> Channel => chan;

    internal override Hchan Hchan => chan;

    internal override bool BelongsTo(SynctestBubble bubble, G g) => chan.bubble == bubble;

    internal override void Prepare(Selection select)
    {
        // Without the lock, so two that come at once may both get past this: then Enqueue leaves the case to the first. It is an error that
        // is found where it can be, and that harms nobody else.
        if ((sudog ??= new Sudog<T>(null, ChanOp.Receive)).owner is { } other && other != select)
            throw InUse();
    }

    private protected void Enqueue(Selection select, int index, ref WaitQueue queue)
    {
        var s = sudog!;
        if (s.owner is not null)
            return; // the same case twice
        s.owner = select;
        s.g = select.g;
        s.index = index;
        s.success = false;
        queue.Enqueue(s);
    }

    private protected void Withdraw(Selection select, ref WaitQueue queue)
    {
        var s = sudog!;
        chan.@lock.Lock();
        if (s.owner == select)
        {
            queue.Remove(s);
            Clear(s);
        }
        chan.@lock.Unlock();
    }

    private protected static void Clear(Sudog<T> s)
    {
        s.owner = null;
        s.g = null;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            s.elem = default;
    }
}

/// <summary>A case that receives from a channel: Go's <c>case v, ok := &lt;-ch</c>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ReceiveCase<T> : ChanCase<T>
{
    internal ReceiveCase(Chan<T> chan) : base(chan)
    {
    }

    /// <summary>What was received when the case last ran: the default if the channel was closed and drained.</summary>
    public T Value { get; private set; } = default!;

    /// <summary>True if the case last ran with a value, false if it ran because the channel was closed and drained.</summary>
    public bool Ok { get; private set; }

    internal override bool LooksReady => chan.CanReceive;

    internal override Attempt TryLocked(out Sudog? waiter)
    {
        var attempt = chan.ReceiveLocked(out var value, out var ok, out waiter);
        if (attempt == Attempt.Done)
            (Value, Ok) = (value, ok);
        return attempt;
    }

    internal override void Enqueue(Selection select, int index) => Enqueue(select, index, ref chan.recvq);

    internal override void Withdraw(Selection select) => Withdraw(select, ref chan.recvq);

    internal override bool Finish(Selection select)
    {
        var s = sudog!;
        Ok = s.success;
        Value = Ok ? s.elem! : default!;
        Clear(s);
        return true;
    }
}

/// <summary>A case that sends to a channel: Go's <c>case ch &lt;- v</c>.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class SendCase<T> : ChanCase<T>
{
    internal SendCase(Chan<T> chan) : base(chan) => Value = default!;

    /// <summary>What to send; set it anew before each select. It is taken when the select begins.</summary>
    public T Value { get; set; }

    internal override bool LooksReady => chan.CanSend;

    internal override Attempt TryLocked(out Sudog? waiter) => chan.SendLocked(Value, out waiter);

    internal override void Enqueue(Selection select, int index)
    {
        if (sudog!.owner is null)
            sudog.elem = Value;
        Enqueue(select, index, ref chan.sendq);
    }

    internal override void Withdraw(Selection select) => Withdraw(select, ref chan.sendq);

    internal override bool Finish(Selection select)
    {
        var s = sudog!;
        var sent = s.success;
        Clear(s);
        return sent;
    }
}
