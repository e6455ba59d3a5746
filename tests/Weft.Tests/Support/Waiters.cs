namespace Weft.Tests;

/// <summary>Looks into a channel's wait queues, so that a test knows that an operation has blocked instead of sleeping and hoping.</summary>
[NotWoven]
internal static class Waiters
{
    /// <summary>How many senders and receivers wait.</summary>
    internal static int Of(Hchan chan)
    {
        chan.@lock.Lock();
        var n = Count(chan.recvq.First) + Count(chan.sendq.First);
        chan.@lock.Unlock();
        return n;
    }

    /// <summary>How many receivers have come to rest: on the heap, or, pinned, on their threads.</summary>
    internal static int Parked(Hchan chan)
    {
        var n = 0;
        chan.@lock.Lock();
        for (var s = chan.recvq.First; s is not null; s = s.next)
            n += s.g?.Status == GStatus.Waiting ? 1 : 0;
        chan.@lock.Unlock();
        return n;
    }

    /// <summary>How many senders wait.</summary>
    internal static int Senders(Hchan chan)
    {
        chan.@lock.Lock();
        var n = Count(chan.sendq.First);
        chan.@lock.Unlock();
        return n;
    }

    /// <summary>How many receivers wait.</summary>
    internal static int Receivers(Hchan chan)
    {
        chan.@lock.Lock();
        var n = Count(chan.recvq.First);
        chan.@lock.Unlock();
        return n;
    }

    private static int Count(Sudog? s)
    {
        var n = 0;
        for (; s is not null; s = s.next)
            n++;
        return n;
    }
}
