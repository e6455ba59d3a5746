// Watcher: one who wants to know that a channel has become ready, and takes nothing: WaitToReadAsync and WaitToWriteAsync.
//
// It stands in the queue like a receiver (or sender). The partner that comes to it drops it, tells it, and looks further; so it costs
// nothing where nobody watches. What it was told may be over when it looks: another may have been faster, as the contract of those
// methods allows.
//
// A watcher is told under the channel's lock, so it only queues itself to the thread pool, where it completes.
//
// The token is registered before the watcher is queued, so that the registration is there whenever it completes. A callback that comes
// before finds nothing in the queue; then the token is cancelled when it is looked at again under the lock.

namespace Weft.Runtime;

[NotWoven]
internal sealed class Watcher : TaskCompletionSource<bool>, IThreadPoolWorkItem
{
    private readonly Hchan _chan;
    private readonly bool _forSend;
    private readonly Sudog<bool> _sudog; // nobody looks at its value
    private readonly CancellationTokenRegistration _registration;

    private Watcher(Hchan chan, bool forSend, CancellationToken token) : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _chan = chan;
        _forSend = forSend;
        _sudog = new Sudog<bool>(null, ChanOp.Receive) { owner = this };
        _registration = token.UnsafeRegister(static (o, t) => ((Watcher)o!).Cancel(t), this);
    }

    /// <summary>True when the channel may be ready, false when it is closed (and, for a reader, drained).</summary>
    internal static ValueTask<bool> Watch(Hchan chan, bool forSend, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(token);
        if (SynctestBubble.On)
            chan.RequireBubble(null, "wait on a bubble's channel");
        if (chan.isNil)
            chan = new Chan<bool>(); // never ready, and forgotten with the wait
        if (Look(chan, forSend) is { } known)
            return new ValueTask<bool>(known);
        var watcher = new Watcher(chan, forSend, token);
        chan.@lock.Lock();
        var now = IsReady(chan, forSend);
        if (now is null && !token.IsCancellationRequested)
        {
            if (forSend)
                chan.sendq.Enqueue(watcher._sudog);
            else
                chan.recvq.Enqueue(watcher._sudog);
            chan.@lock.Unlock();
            return new ValueTask<bool>(watcher.Task);
        }
        chan.@lock.Unlock();
        watcher._registration.Unregister();
        return now is { } ready ? new ValueTask<bool>(ready) : ValueTask.FromCanceled<bool>(token);
    }

    private static bool? Look(Hchan chan, bool forSend)
    {
        chan.@lock.Lock();
        var known = IsReady(chan, forSend);
        chan.@lock.Unlock();
        return known;
    }

    private static bool? IsReady(Hchan chan, bool forSend)
    {
        if (forSend)
            return chan.closed ? false : chan.count < chan.capacity || HasPartner(chan.recvq) ? true : null;
        return chan.count > 0 || HasPartner(chan.sendq) ? true : chan.closed ? false : null;
    }

    /// <summary>Does anybody wait there who is not a watcher himself?</summary>
    private static bool HasPartner(WaitQueue queue)
    {
        for (var s = queue.First; s is not null; s = s.next)
            if (s.owner is not Watcher)
                return true;
        return false;
    }

    /// <summary>Under the channel's lock: the other side has come, or the channel is closed.</summary>
    internal void Tell() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        _registration.Unregister();
        TrySetResult(Look(_chan, _forSend) ?? true);
    }

    private void Cancel(CancellationToken token)
    {
        _chan.@lock.Lock();
        var mine = _forSend ? _chan.sendq.Remove(_sudog) : _chan.recvq.Remove(_sudog);
        _chan.@lock.Unlock();
        if (mine)
            TrySetCanceled(token);
    }
}
