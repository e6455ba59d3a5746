// Hchan: the part of a channel that does not depend on the type of its values.
//
// It is a base class and not an object of its own, so that a channel stays one object; and it is apart from Chan<T>, so that select can
// look at, lock and sort channels of many types without a virtual call or a generic lookup for each.
//
// `id` orders the locks of a select. It is given out when a channel first takes part in one: most never do.
//
// CanSend and CanReceive are read without the lock, as hints: what they say was so at some instant. Under the lock they may still be
// true without need, since a queue may hold waiters of selects that have fired elsewhere, and watchers.

using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Weft.Runtime;

/// <summary>What all channels have in common. Users never need it: see <see cref="Chan{T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Hchan
{
    private static long s_ids;

    internal RuntimeLock<Ranks.Chan> @lock;
    internal bool closed;
    internal readonly bool isNil;

    /// <summary>Values in the buffer.</summary>
    internal int count;

    internal readonly int capacity;

    internal WaitQueue recvq;
    internal WaitQueue sendq;

    /// <summary>In which it was made, in tests; only there it may be used.</summary>
    internal readonly SynctestBubble? bubble;

    /// <summary>What only few channels need; see <see cref="ChanEnd"/>.</summary>
    internal ChanEnd? end;

    private long _id;

    private protected Hchan(int capacity, bool isNil)
    {
        this.capacity = capacity;
        this.isNil = isNil;
        if (SynctestBubble.On && !isNil)
            bubble = SynctestBubble.Current;
    }

    /// <summary>The place of the channel's lock among those of a select; never 0.</summary>
    internal long Id => _id != 0 ? _id : MakeId();

    /// <summary>A hint without the lock; see the file head.</summary>
    internal bool CanReceive
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref count) != 0 || !sendq.IsEmpty || Volatile.Read(ref closed);
    }

    /// <summary>A hint without the lock; see the file head.</summary>
    internal bool CanSend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref count) < capacity || !recvq.IsEmpty || Volatile.Read(ref closed);
    }

    /// <summary>In tests, before anything is done: throws if the caller is not in the channel's bubble.</summary>
    /// <param name="g">The caller where it is known.</param>
    /// <param name="what">What is about to be done.</param>
    internal void RequireBubble(G? g, string what)
    {
        if (bubble is not null)
            SynctestBubble.Require(bubble, g, what);
    }

    private long MakeId()
    {
        Interlocked.CompareExchange(ref _id, Interlocked.Increment(ref s_ids), 0);
        return _id;
    }
}

/// <summary>The end of a channel, for those who wait for it: made when somebody asks, see <see cref="ChanReader{T}"/>.</summary>
internal sealed class ChanEnd : IThreadPoolWorkItem
{
    /// <summary>Done when the channel is closed and drained.</summary>
    internal readonly TaskCompletionSource Drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the closer of an adapter gave as the reason.</summary>
    internal Exception? Error;

    /// <summary>The channel is closed and drained. Under its lock; continuations run later and elsewhere.</summary>
    internal void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        if (Error is { } e)
            Drained.TrySetException(e);
        else
            Drained.TrySetResult();
    }
}
