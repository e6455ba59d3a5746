// SelectCase: one case of a select.
//
// Two kinds. A channel case sends or receives: it has a sudog, made when it first has to wait, that stands in the channel's queue. A
// signal case (SignalCase.cs) becomes ready by itself and stays so: a deadline, a cancelled token, a completed task.
//
// A case belongs to one select at a time, and may be used again and again. What Selection needs of it is here; it is internal, so that
// the set of kinds is closed.

using Weft.Runtime;

namespace Weft;

/// <summary>
/// One case of a <see cref="Select"/>. Made by <see cref="Chan{T}.OnReceive"/>, <see cref="Chan{T}.OnSend(T)"/>, <see cref="Select.After(TimeSpan)"/>,
/// <see cref="Select.Cancelled"/> and <see cref="Select.Completed(Task)"/>.
/// </summary>
/// <remarks>A case may be used again once its select is over, which allocates nothing; but not by two selects at the same time.</remarks>
public abstract class SelectCase
{
    private protected SelectCase()
    {
    }

    /// <summary>Where a channel case sends or receives; null for a signal case.</summary>
    internal abstract Hchan? Hchan { get; }

    /// <summary>Without locks: may the case be ready?</summary>
    internal abstract bool LooksReady { get; }

    /// <summary>Channel cases, under the lock: completes the operation if it can. The waiter, if any, must be woken after the unlock.</summary>
    internal abstract Attempt TryLocked(out Sudog? waiter);

    /// <summary>Without locks, before anything can have been queued: makes what waiting needs; throws if the case waits elsewhere.</summary>
    internal abstract void Prepare(Selection select);

    /// <summary>Channel cases under the lock, signal cases without: records the select. Its word may be decided at once.</summary>
    internal abstract void Enqueue(Selection select, int index);

    /// <summary>Without locks: takes the case out of where it waits for this select. Nothing of it is left when this returns.</summary>
    internal abstract void Withdraw(Selection select);

    /// <summary>On the waiter: the case has fired while the select waited, and takes what it was given. False: a send was woken by close.</summary>
    internal abstract bool Finish(Selection select);

    /// <summary>In a test's bubble: only the bubble itself can make the case ready.</summary>
    internal virtual bool BelongsTo(SynctestBubble bubble, G g) => true;

    private protected static InvalidOperationException InUse() => new("The case is waiting in another select; each select needs cases of its own.");
}
