// injectglist: many goroutines made runnable at once by a thread that has no P.
//
// With a P each goes to its local queue, without a lock. Without one each takes sched.lock and may wake an M: to close a channel on which
// 10,000 wait, on a plain thread, would do that 10,000 times. So between beginready and injectglist goready collects them; then they are queued
// as one list, in their order, and as many Ms are started as there are idle Ps for them. A list is its thread's own, and used again.
//
// Nobody is missed: the list is queued under sched.lock, under which an M that gives its P up has looked at the queue.

namespace Weft.Runtime;

/// <summary>Goroutines linked by schedlink.</summary>
internal sealed class GList
{
    internal G? first, last;
    internal int count;

    /// <summary>Goroutines are being collected on its thread.</summary>
    internal bool isOpen;

    internal void Add(G g)
    {
        if (last is null)
            first = g;
        else
            last.schedlink = g;
        last = g;
        count++;
    }
}

internal static unsafe partial class Proc
{
    [ThreadStatic] internal static GList? t_readied;

    /// <summary>This thread is about to ready many. Null where each goes its own way: with a P, or within another such list.</summary>
    internal static GList? beginready(M? m)
    {
        if (m?.p is not null)
            return null;
        var list = t_readied ??= new();
        if (list.isOpen)
            return null;
        list.isOpen = true;
        return list;
    }

    /// <summary>Queues what was readied since <see cref="beginready"/>, and starts Ms for it.</summary>
    internal static void injectglist(GList? list)
    {
        if (list is null)
            return;
        list.isOpen = false;
        var (first, last, n) = (list.first, list.last, list.count);
        (list.first, list.last, list.count) = (null, null, 0);
        if (first is null)
            return;
        sched.@lock.Lock();
        sched.globrunqputbatch(first, last!, n);
        sched.@lock.Unlock();
        for (; n > 0; n--)
        {
            sched.@lock.Lock();
            var p = sched.pidleget();
            sched.@lock.Unlock();
            if (p is null)
                return;
            startm(p, spinning: false);
        }
    }
}
