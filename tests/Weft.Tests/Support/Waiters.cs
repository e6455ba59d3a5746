using System.Runtime.CompilerServices;

namespace Weft.Tests;

/// <summary>Looks into a channel's wait queues, so that a test knows that an operation has blocked instead of sleeping and hoping.</summary>
[NotWoven]
internal static class Waiters
{
    /// <summary>How many senders and receivers wait.</summary>
    internal static int Of<T>(Chan<T> chan)
    {
        ref var gate = ref Fields<T>.Lock(chan);
        gate.Lock();
        var n = Count(Fields<T>.First(ref Fields<T>.Receivers(chan))) + Count(Fields<T>.First(ref Fields<T>.Senders(chan)));
        gate.Unlock();
        return n;
    }

    private static int Count<T>(Sudog<T>? s)
    {
        var n = 0;
        for (; s is not null; s = s.next)
            n++;
        return n;
    }

    private static class Fields<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
        internal static extern ref RuntimeLock<Ranks.Chan> Lock(Chan<T> chan);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_receivers")]
        internal static extern ref WaitQueue<T> Receivers(Chan<T> chan);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_senders")]
        internal static extern ref WaitQueue<T> Senders(Chan<T> chan);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_first")]
        internal static extern ref Sudog<T>? First(ref WaitQueue<T> queue);
    }
}
